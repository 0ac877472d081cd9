package dev.threadmill.localstack.chatwoot.webhook;

import dev.threadmill.localstack.chatwoot.account.Change;
import dev.threadmill.localstack.chatwoot.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Sends each change once, without retry and without order, as Chatwoot's account webhooks are. */
public final class Webhooks implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private record Target(URI url, @Nullable String secret) {}

  private final Function<Change, Optional<Map<String, @Nullable Object>>> body;
  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile @Nullable Target target;

  /**
   * Sends nothing until it has a target.
   *
   * @param body what to send about a change, empty when its subject is gone meanwhile
   */
  public Webhooks(Function<Change, Optional<Map<String, @Nullable Object>>> body, Clock clock) {
    this.body = body;
    this.clock = clock;
  }

  /**
   * From now on changes go to this address.
   *
   * @param secret null for an old server, which does not sign
   */
  public void sendTo(URI url, @Nullable String secret) {
    target = new Target(url, secret);
  }

  public void stop() {
    target = null;
  }

  /** Requests that were answered with 2xx. */
  public long delivered() {
    return delivered.get();
  }

  /** Requests that were answered with anything else, or not within five seconds. */
  public long failed() {
    return failed.get();
  }

  /** Takes note of a change; returns at once. */
  public void notice(Change change) {
    Target now = target;
    if (now != null) {
      threads.execute(() -> deliver(change, now));
    }
  }

  private void deliver(Change change, Target to) {
    Optional<Map<String, @Nullable Object>> json = body.apply(change);
    if (json.isEmpty()) {
      return;
    }
    byte[] bytes = Json.bytes(json.get());
    try {
      int status =
          http.send(request(bytes, to), HttpResponse.BodyHandlers.discarding()).statusCode();
      (status / 100 == 2 ? delivered : failed).incrementAndGet();
    } catch (IOException e) {
      failed.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(byte[] bytes, Target to) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to.url())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("X-Chatwoot-Delivery", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    if (to.secret() != null) {
      String timestamp = Long.toString(clock.instant().getEpochSecond());
      request
          .header("X-Chatwoot-Timestamp", timestamp)
          .header("X-Chatwoot-Signature", "sha256=" + signature(to.secret(), timestamp, bytes));
    }
    return request.build();
  }

  /** Hex HMAC-SHA256 over the timestamp, a dot and the raw body. */
  public static String signature(String secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    target = null;
    threads.shutdownNow();
    http.shutdownNow();
  }
}
