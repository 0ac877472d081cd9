package dev.threadmill.gateway.problem;

import dev.threadmill.core.database.DatabaseFailures;
import java.util.Optional;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.stereotype.Component;

/** Says of a failure, wherever it was thrown, what its caller is told. */
@Component
public class KnownFailures {
  private final DatabaseOutage outage;

  KnownFailures(DatabaseOutage outage) {
    this.outage = outage;
  }

  /** Empty when the failure was not foreseen: it belongs into the log, and is not told. */
  public Optional<ApiProblem> problem(Throwable failure) {
    if (failure instanceof ApiProblem known) {
      return Optional.of(known);
    }
    // Tomcat reads parameters when somebody asks for one.
    if (failure instanceof InvalidParameterException) {
      return Optional.of(
          new ApiProblem(ProblemCode.BAD_REQUEST, "The request's parameters can't be read."));
    }
    Optional<ApiProblem> databaseAway = outage.problem(failure);
    if (databaseAway.isPresent()) {
      return databaseAway;
    }
    BodyTooLarge tooLarge = BodyTooLarge.behind(failure);
    if (tooLarge != null) {
      return Optional.of(tooLarge.problem());
    }
    return DatabaseFailures.isUnstorable(failure)
        ? Optional.of(
            ApiProblem.invalid(
                "A value can't be stored: it holds U+0000 or half a character, or a number or time that is out of range."))
        : Optional.empty();
  }
}
