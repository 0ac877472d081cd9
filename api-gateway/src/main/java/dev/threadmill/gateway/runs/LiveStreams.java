package dev.threadmill.gateway.runs;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.TokenCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Server-sent events that follow rows: one virtual thread for each reader, no connection to the
 * database held between two looks, and no more readers than {@code LIVE_STREAMS} (1 to 10,000,
 * default 200), of which one project takes half at the most.
 */
@Component
class LiveStreams {
  /** After this long a reader comes back by itself, with the id of what it saw last. */
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private static final Duration PAUSE = Duration.ofMillis(500);

  /** A comment finds readers that are gone, and keeps proxies from closing the stream. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** So long may a reader go on whose token was revoked or has expired. */
  private static final Duration TRUST = Duration.ofSeconds(10);

  private final TokenCheck tokens;
  private final Semaphore places;
  private final int placesOfOne;
  private final Map<UUID, Integer> taken = new ConcurrentHashMap<>();
  private volatile boolean closing;

  LiveStreams(Settings settings, TokenCheck tokens) {
    this.tokens = tokens;
    int most = settings.integer("LIVE_STREAMS", 200, 1, 10_000);
    this.places = new Semaphore(most);
    this.placesOfOne = (most + 1) / 2;
  }

  /** One look at the rows. */
  interface Look {
    /**
     * @return whether there may be more to see
     */
    boolean look(Out out) throws IOException;
  }

  /** Where a look sends what is new. */
  interface Out {
    void send(String id, String name, Object data) throws IOException;
  }

  /**
   * @throws ApiProblem when there are too many readers already
   */
  SseEmitter open(UUID project, Caller caller, Look look) {
    if (!take(project)) {
      throw new ApiProblem(
          ProblemCode.TOO_MANY_STREAMS,
          "Too many live streams are open (LIVE_STREAMS); close one, or ask GET /jobs/runs now and then.");
    }
    var emitter = new SseEmitter(LIMIT.plus(HEARTBEAT).toMillis());
    Thread.ofVirtual()
        .name("live-stream")
        .start(
            () -> {
              try {
                follow(emitter, caller, look);
              } finally {
                leave(project);
              }
            });
    return emitter;
  }

  private boolean take(UUID project) {
    if (taken.merge(project, 1, Integer::sum) <= placesOfOne && places.tryAcquire()) {
      return true;
    }
    forget(project);
    return false;
  }

  private void leave(UUID project) {
    places.release();
    forget(project);
  }

  private void forget(UUID project) {
    taken.computeIfPresent(project, (id, readers) -> readers == 1 ? null : readers - 1);
  }

  private void follow(SseEmitter emitter, Caller caller, Look look) {
    try {
      var reader = new Reader(emitter);
      var token = new Token(caller);
      // With the first byte the reader knows that it is connected, also while nothing happens.
      reader.comment("connected");
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!closing && System.nanoTime() < end && token.isGood() && look.look(reader)) {
        reader.beat();
        Thread.sleep(PAUSE);
      }
      end(emitter);
    } catch (IOException | IllegalStateException readerGone) {
      end(emitter);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      end(emitter);
    } catch (RuntimeException failed) {
      emitter.completeWithError(failed);
    }
  }

  private static void end(SseEmitter emitter) {
    try {
      emitter.complete();
    } catch (IllegalStateException over) {
      // The server noticed before that the reader is gone, and has ended the request.
    }
  }

  /** Somebody at the other end. */
  private static final class Reader implements Out {
    private final SseEmitter emitter;
    private long last = System.nanoTime();

    Reader(SseEmitter emitter) {
      this.emitter = emitter;
    }

    @Override
    public void send(String id, String name, Object data) throws IOException {
      emitter.send(SseEmitter.event().id(id).name(name).data(data));
      last = System.nanoTime();
    }

    void beat() throws IOException {
      if (System.nanoTime() - last > HEARTBEAT.toNanos()) {
        comment("still here");
      }
    }

    void comment(String text) throws IOException {
      emitter.send(SseEmitter.event().comment(text));
      last = System.nanoTime();
    }
  }

  /** The token that a reader came with; asked after now and then, not at each look. */
  private final class Token {
    private final Caller caller;
    private long asked = System.nanoTime();

    Token(Caller caller) {
      this.caller = caller;
    }

    /** False ends the stream; who comes back with that token is refused like anybody. */
    boolean isGood() {
      if (System.nanoTime() - asked < TRUST.toNanos()) {
        return true;
      }
      asked = System.nanoTime();
      return tokens.stillKnows(caller);
    }
  }

  /** Before the web server stops, which would wait for its readers. */
  @EventListener
  void on(ContextClosedEvent closed) {
    closing = true;
  }
}
