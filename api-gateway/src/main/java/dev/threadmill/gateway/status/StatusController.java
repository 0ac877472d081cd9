package dev.threadmill.gateway.status;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One call that tells whether all is well with a project. */
@RestController
class StatusController {
  private final ProjectStatus status;
  private final EmbeddingStatus embedding;

  StatusController(ProjectStatus status, EmbeddingStatus embedding) {
    this.status = status;
    this.embedding = embedding;
  }

  @GetMapping("/jobs/status")
  StatusView status(CallerProject project) {
    return status.of(project.id());
  }

  /** What embedding cost, by day and model, the newest first. */
  @GetMapping("/jobs/embeddings/usage")
  List<EmbeddingView.Usage> usage(
      CallerProject project, @RequestParam(defaultValue = "30") int days) {
    if (days < 1 || days > 366) {
      throw ApiProblem.invalid("'days' must be 1 to 366.");
    }
    return embedding.usage(project.id(), days);
  }
}
