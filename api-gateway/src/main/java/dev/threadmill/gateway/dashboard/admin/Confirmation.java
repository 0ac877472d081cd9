package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.Project;
import dev.threadmill.gateway.problem.ApiProblem;

/** What cannot be taken back, or hits many, is done only by who types the project's name. */
final class Confirmation {
  private Confirmation() {}

  static void require(Project project, String typed) {
    if (!project.name().equals(typed.strip())) {
      throw ApiProblem.invalid(
          "What you typed is not the project's name, and nothing was changed. Type '%s' to confirm."
              .formatted(project.name()));
    }
  }
}
