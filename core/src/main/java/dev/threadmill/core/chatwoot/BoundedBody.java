package dev.threadmill.core.chatwoot;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A body that ends with an error when it is too long or takes too long. */
public final class BoundedBody extends FilterInputStream {
  /** The body has more bytes than allowed. */
  public static final class TooLargeException extends IOException {
    TooLargeException() {
      super("the body is too large");
    }
  }

  /** The body did not arrive in time. */
  public static final class TooSlowException extends IOException {
    TooSlowException(IOException cause) {
      super("the body took too long", cause);
    }
  }

  private final Thread deadline;
  private long left;
  private volatile boolean expired;

  public BoundedBody(InputStream body, long maxBytes, Duration timeout) {
    super(body);
    this.left = maxBytes;
    // The JDK's client bounds the time to the headers only. Closing the stream ends a read.
    this.deadline = Thread.ofVirtual().name("body-deadline").start(() -> expireAfter(timeout));
  }

  private void expireAfter(Duration timeout) {
    try {
      Thread.sleep(timeout);
      expired = true;
      in.close();
    } catch (InterruptedException | IOException finished) {
      // The body was read in time, or is closed already.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count;
    try {
      count = super.read(buffer, offset, length);
    } catch (IOException broken) {
      throw expired ? new TooSlowException(broken) : broken;
    }
    left -= Math.max(0, count);
    if (left < 0) {
      throw new TooLargeException();
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    deadline.interrupt();
    super.close();
  }
}
