package dev.threadmill.ingest.chatwoot;

import dev.threadmill.core.chatwoot.BoundedBody;
import dev.threadmill.core.chatwoot.ChatwootTrace;
import dev.threadmill.core.chatwoot.RequestLimiter;
import dev.threadmill.core.chatwoot.RetryAfter;
import dev.threadmill.core.chatwoot.ServerAddress;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.JacksonIOException;

/** One account's requests: paced, timed, bounded and repeated where that can help. */
final class ChatwootHttp {
  private static final int MAX_TRIES = 4;

  /** Who must wait longer does so outside the run. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  /** Reads an answer. May be called again when the connection breaks in the middle. */
  @FunctionalInterface
  interface AnswerReader<T> {
    T read(JsonParser json) throws ChatwootException;
  }

  private final ChatwootAccount account;
  private final HttpClient http;
  private final RequestLimiter limiter;
  private final Semaphore underWay;
  private final ChatwootMeters meters;
  private final Traces traces;
  private final ChatwootLimits limits;
  private final Pause pause;
  private final Clock clock;
  private final Failures failures;
  private final LongAdder requests = new LongAdder();
  private volatile Duration serverAhead = Duration.ZERO;

  /**
   * What the clients of one account have in common.
   *
   * @param limiter of the server
   * @param underWay how many more requests to the account may be under way
   */
  record Shared(
      HttpClient http,
      RequestLimiter limiter,
      Semaphore underWay,
      ChatwootMeters meters,
      Traces traces) {}

  ChatwootHttp(
      ChatwootAccount account, Shared shared, ChatwootLimits limits, Pause pause, Clock clock) {
    this.account = account;
    this.http = shared.http();
    this.limiter = shared.limiter();
    this.underWay = shared.underWay();
    this.meters = shared.meters();
    this.traces = shared.traces();
    this.limits = limits;
    this.pause = pause;
    this.clock = clock;
    this.failures = new Failures(account);
  }

  long requests() {
    return requests.sum();
  }

  /** The server's clock, as far as its answers tell it, to about a second. */
  Instant serverNow() {
    return clock.instant().plus(serverAhead);
  }

  /** A GET below the base address; tried again, with growing pauses, where the failure may pass. */
  <T> T get(String path, AnswerReader<T> reader) throws ChatwootException {
    for (int tries = 1; ; tries++) {
      try {
        return getOnce(path, reader);
      } catch (ChatwootException failure) {
        if (!failure.kind().passing() || tries == MAX_TRIES || isLong(failure.retryAfter())) {
          throw failure;
        }
        backOff(failure, tries);
      }
    }
  }

  private static boolean isLong(@Nullable Duration wait) {
    return wait != null && wait.compareTo(LONGEST_WAIT) > 0;
  }

  private void backOff(ChatwootException failure, int tries) {
    long step = limits.firstBackOff().toMillis() << (tries - 1);
    Duration jittered = Duration.ofMillis(ThreadLocalRandom.current().nextLong(step / 2, step + 1));
    Duration asked = failure.retryAfter();
    // The throttle's wish is the limiter's matter.
    if (asked != null && failure.kind() != Kind.RATE_LIMITED && asked.compareTo(jittered) > 0) {
      pause.pause(asked);
    } else {
      pause.pause(jittered);
    }
  }

  private <T> T getOnce(String path, AnswerReader<T> reader) throws ChatwootException {
    takeTurn();
    try {
      keepToTheLimit();
      return timed(path, reader);
    } catch (ChatwootException failure) {
      Duration asked = failure.retryAfter();
      if (failure.kind() == Kind.RATE_LIMITED && asked != null) {
        // All requests to this server wait, not only this one; the next in turn, too. One that
        // fails and names a time speaks for itself only.
        limiter.pauseFor(asked);
      }
      throw failure;
    } finally {
      underWay.release();
    }
  }

  private void keepToTheLimit() throws ChatwootException {
    long start = System.nanoTime();
    requireShort(limiter.pauseLeft());
    pause.pause(limiter.reserve());
    for (Duration left = limiter.pauseLeft(); !left.isZero(); left = limiter.pauseLeft()) {
      requireShort(left);
      pause.pause(left);
    }
    meters.limiterWait(Duration.ofNanos(System.nanoTime() - start));
  }

  /** The server is not asked before its time: who would have to wait long ends instead. */
  private void requireShort(Duration left) throws ChatwootException {
    if (isLong(left)) {
      throw failures.throttled(left);
    }
  }

  private <T> T timed(String path, AnswerReader<T> reader) throws ChatwootException {
    long start = System.nanoTime();
    String outcome = "unexpected";
    try (var part = ChatwootTrace.begin(traces, "GET", path)) {
      try {
        T answer = send(path, reader);
        outcome = "ok";
        return answer;
      } catch (ChatwootException failure) {
        outcome = failure.kind().name().toLowerCase(Locale.ROOT);
        part.failed(outcome);
        throw failure;
      }
    } finally {
      meters.request(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /**
   * Waits until fewer requests to the account are under way, and notices when the run must stop.
   */
  private void takeTurn() throws ChatwootException {
    try {
      while (!underWay.tryAcquire(1, TimeUnit.SECONDS)) {
        pause.pause(Duration.ZERO);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private static ChatwootException interrupted() {
    return new ChatwootException(Kind.UNREACHABLE, "the sync was interrupted");
  }

  private <T> T send(String path, AnswerReader<T> reader) throws ChatwootException {
    requests.increment();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(account.baseUrl() + path))
            // The spelling with dashes survives proxies that drop names with an underscore.
            .header("Api-Access-Token", account.token())
            .header("Accept", "application/json")
            .timeout(limits.answerTimeout())
            .build();
    try {
      ServerAddress.require(account.baseUrl());
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      RetryAfter.date(response.headers())
          .ifPresent(date -> serverAhead = Duration.between(clock.instant(), date));
      try (var body =
          new BoundedBody(response.body(), limits.maxBodyBytes(), limits.bodyTimeout())) {
        return read(response, body, reader);
      }
    } catch (JacksonIOException broken) {
      throw failures.ofConnection(broken);
    } catch (JacksonException notJson) {
      // The parser's own message may quote the content.
      throw failures.malformed();
    } catch (IOException broken) {
      throw failures.ofConnection(broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private <T> T read(HttpResponse<InputStream> response, InputStream body, AnswerReader<T> reader)
      throws ChatwootException {
    if (response.statusCode() != 200) {
      throw failures.ofStatus(response.statusCode(), response.headers(), clock.instant());
    }
    if (!Failures.json(response.headers())) {
      throw failures.notChatwoot();
    }
    try (JsonParser json = PayloadReader.JSON.createParser(body)) {
      return reader.read(json);
    } catch (ChatwootException failure) {
      throw failure.kind() == Kind.NOT_CHATWOOT ? failures.notChatwoot() : failure;
    }
  }
}
