package dev.threadmill.gateway.projects;

import dev.threadmill.gateway.problem.ApiProblem;
import org.jspecify.annotations.Nullable;

/** The name of a project, as it is stored. */
public record ProjectName(String text) {
  private static final int MAX = 100;

  /**
   * Without the spaces around it.
   *
   * @throws ApiProblem when it is none
   */
  public static ProjectName of(@Nullable String wanted) {
    String name = wanted == null ? "" : wanted.strip();
    if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX) {
      throw ApiProblem.invalid("'name' must have 1 to " + MAX + " characters.");
    }
    if (name.codePoints().anyMatch(ProjectName::isUnfit)) {
      throw ApiProblem.invalid("'name' must not hold control characters or halves of characters.");
    }
    return new ProjectName(name);
  }

  private static boolean isUnfit(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }
}
