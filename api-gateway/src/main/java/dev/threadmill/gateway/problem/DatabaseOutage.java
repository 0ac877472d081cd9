package dev.threadmill.gateway.problem;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** A database that is away: callers are told to come again, and the log has it once a minute. */
@Component
public class DatabaseOutage {
  private static final Logger log = LoggerFactory.getLogger(DatabaseOutage.class);
  private static final long SILENCE = Duration.ofMinutes(1).toNanos();

  private final AtomicLong said = new AtomicLong(System.nanoTime() - SILENCE);

  /** What to answer when a request failed for that reason; empty when it failed for another. */
  public Optional<ApiProblem> problem(@Nullable Throwable failure) {
    if (DatabaseFailures.isConflict(failure)) {
      return Optional.of(
          new ApiProblem(
              ProblemCode.CONFLICT,
              "Somebody else changed the same rows at this moment, and nothing of this was done; try again."));
    }
    if (!DatabaseFailures.isAway(failure)) {
      return Optional.empty();
    }
    long now = System.nanoTime();
    long before = said.get();
    if (now - before >= SILENCE && said.compareAndSet(before, now)) {
      log.warn("PostgreSQL does not answer; requests are answered with 503 until it does");
    }
    return Optional.of(
        new ApiProblem(
            ProblemCode.DATABASE_UNAVAILABLE,
            "The database does not answer at the moment; try again in a few seconds."));
  }
}
