package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person approves.
 *
 * @param updatedAt of what they saw: if it changed since, it is not approved; absent: whatever is
 *     there
 */
public record Approval(@Nullable Instant updatedAt) {
  /** Whatever is there. */
  public static final Approval ANY = new Approval(null);

  /** Refuses what is not what was seen. */
  void check(String thing, Instant updatedAt) {
    if (this.updatedAt != null && !this.updatedAt.equals(updatedAt)) {
      throw new ApiProblem(
          ProblemCode.CHANGED_MEANWHILE,
          "The %s was changed at %s, after what was seen: read it again."
              .formatted(thing, updatedAt));
    }
  }
}
