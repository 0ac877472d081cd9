package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Locale;
import java.util.Objects;

/** What is wrong with a plan, as its caller is told. */
final class Sentences {
  private Sentences() {}

  static ApiProblem invalid(IllegalArgumentException unusable) {
    String text = Objects.requireNonNullElse(unusable.getMessage(), "it can't be understood");
    return ApiProblem.invalid(
        text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".");
  }
}
