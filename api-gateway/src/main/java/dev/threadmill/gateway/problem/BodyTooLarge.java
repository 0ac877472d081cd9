package dev.threadmill.gateway.problem;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown out of a request's body where it goes past what is allowed. */
public final class BodyTooLarge extends IOException {
  private final String setting;

  /**
   * @param setting the variable that says how much is allowed
   */
  public BodyTooLarge(String setting) {
    super("the body is longer than " + setting);
    this.setting = setting;
  }

  public ApiProblem problem() {
    return new ApiProblem(
        ProblemCode.CONTENT_TOO_LARGE, "The body is longer than " + setting + " allows.");
  }

  /** The one behind a failure, or null; whoever reads a body wraps what it throws. */
  static @Nullable BodyTooLarge behind(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BodyTooLarge tooLarge) {
        return tooLarge;
      }
    }
    return null;
  }
}
