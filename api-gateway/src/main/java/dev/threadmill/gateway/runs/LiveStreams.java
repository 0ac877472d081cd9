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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
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
public class LiveStreams {
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
  public interface Look {
    /**
     * @return whether there may be more to see
     */
    boolean look(Out out) throws IOException;
  }

  /** Where a look sends what is new. */
  public interface Out {
    /**
     * @param id where to go on from when the reader comes back; null: the same as before
     */
    void send(@Nullable String id, String name, Object data) throws IOException;
  }

  SseEmitter open(UUID project, Caller caller, Look look) {
    return open(project, () -> tokens.stillKnows(caller), look);
  }

  /**
   * Begins to follow; the stream ends when there is nothing more to see, or the reader may look no
   * longer.
   *
   * @param mayLook asked now and then
   * @throws ApiProblem when there are too many readers already
   */
  public SseEmitter open(UUID project, BooleanSupplier mayLook, Look look) {
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
                follow(emitter, mayLook, look);
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

  private void follow(SseEmitter emitter, BooleanSupplier mayLook, Look look) {
    try {
      var reader = new Reader(emitter);
      var trust = new Trust(mayLook);
      // With the first byte the reader knows that it is connected, also while nothing happens.
      reader.comment("connected");
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!closing && System.nanoTime() < end && trust.isGood() && look.look(reader)) {
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
    public void send(@Nullable String id, String name, Object data) throws IOException {
      SseEmitter.SseEventBuilder event = SseEmitter.event().name(name).data(data);
      emitter.send(id == null ? event : event.id(id));
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

  /** Whether a reader may still look; asked after now and then, not at each look. */
  private static final class Trust {
    private final BooleanSupplier mayLook;
    private long asked = System.nanoTime();

    Trust(BooleanSupplier mayLook) {
      this.mayLook = mayLook;
    }

    /** False ends the stream; who comes back with that token is refused like anybody. */
    boolean isGood() {
      if (System.nanoTime() - asked < TRUST.toNanos()) {
        return true;
      }
      asked = System.nanoTime();
      return mayLook.getAsBoolean();
    }
  }

  /** Before the web server stops, which would wait for its readers. */
  @EventListener
  void on(ContextClosedEvent closed) {
    closing = true;
  }
}
