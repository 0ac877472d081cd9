package dev.threadmill.localstack.chatwoot.http;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults ordered at present. */
public final class Faults {
  private final List<Ordered> ordered = new CopyOnWriteArrayList<>();

  /** One ordered fault; closing it ends it and lets go what it holds. */
  public static final class Ordered implements AutoCloseable {
    private final Fault fault;
    private final AtomicInteger seen = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Ordered(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }

    /** How many requests it has harmed. */
    public int hits() {
      return Math.max(0, Math.min(seen.get() - fault.skip(), fault.times()));
    }

    CountDownLatch ended() {
      return ended;
    }

    private boolean takes(String request) {
      if (ended.getCount() == 0 || !fault.pattern().matcher(request).find()) {
        return false;
      }
      int number = seen.getAndUpdate(n -> n == Integer.MAX_VALUE ? n : n + 1);
      return number >= fault.skip() && number - fault.skip() < fault.times();
    }

    @Override
    public void close() {
      ended.countDown();
    }
  }

  /** Orders a fault; it ends when it is used up, closed, or all are cleared. */
  public Ordered add(Fault fault) {
    Ordered entry = new Ordered(fault);
    ordered.add(entry);
    return entry;
  }

  /** Ends all faults and lets go what they hold. */
  public void clear() {
    ordered.forEach(Ordered::close);
    ordered.clear();
  }

  Optional<Ordered> forRequest(String request) {
    return ordered.stream().filter(entry -> entry.takes(request)).findFirst();
  }
}
