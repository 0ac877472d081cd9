package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Follows a run's row for one reader, until the run is finished or the reader is gone. */
@Component
class RunEvents {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * A comment now and then finds readers that are gone, and keeps proxies from closing the stream.
   */
  private static final int QUIET_ROUNDS = 30;

  private final RunHistory history;

  RunEvents(RunHistory history) {
    this.history = history;
  }

  SseEmitter follow(UUID projectId, UUID runId) {
    var emitter = new SseEmitter(LIMIT.toMillis());
    Thread.ofVirtual().name("follow-" + runId).start(() -> send(emitter, projectId, runId));
    return emitter;
  }

  private void send(SseEmitter emitter, UUID projectId, UUID runId) {
    try {
      Optional<JobRun> before = Optional.empty();
      long end = System.nanoTime() + LIMIT.toNanos();
      for (int quiet = 0; System.nanoTime() < end; quiet++) {
        Optional<JobRun> now = history.find(projectId, runId);
        if (!now.equals(before) && now.isPresent()) {
          emitter.send(SseEmitter.event().name("run").data(RunView.of(now.get())));
          quiet = 0;
        } else if (quiet >= QUIET_ROUNDS) {
          emitter.send(SseEmitter.event().comment("still here"));
          quiet = 0;
        }
        if (now.isEmpty() || now.get().status().finished()) {
          break;
        }
        before = now;
        Thread.sleep(PAUSE);
      }
      emitter.complete();
    } catch (IOException | IllegalStateException readerGone) {
      emitter.complete();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      emitter.complete();
    } catch (RuntimeException failed) {
      emitter.completeWithError(failed);
    }
  }
}
