package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.ProjectDeletions.Deletion;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.projects.DeletionRequests;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** How far the deletion of a project is, and its receipt when the project is gone. */
@Controller
class DeletionPagesController {
  private final DeletionRequests deletions;

  DeletionPagesController(DeletionRequests deletions) {
    this.deletions = deletions;
  }

  /**
   * Rows that were counted before, and how many of them are gone.
   *
   * @param text the same in words
   */
  record Progress(long done, long all, String text) {
    /** What was counted, and the table whose rows those are. */
    private static final Map<String, String> TABLES =
        Map.of(
            "contacts", "cw_contacts",
            "conversations", "cw_conversations",
            "messages", "cw_messages",
            "rag_chunks", "rag_chunks");

    static Progress of(Deletion deletion) {
      long all = 0;
      long done = 0;
      for (var kind : deletion.expected().entrySet()) {
        long gone = deletion.deleted().getOrDefault(TABLES.getOrDefault(kind.getKey(), ""), 0L);
        all += kind.getValue();
        // More go than were counted: those that are gone in Chatwoot, too.
        done += Math.min(gone, kind.getValue());
      }
      return new Progress(done, all, "%,d of %,d counted rows are gone".formatted(done, all));
    }
  }

  @GetMapping("/ui/admin/projects/{id:[0-9a-fA-F-]{36}}/deletion")
  String one(@PathVariable UUID id, Model model, HttpServletRequest request) {
    if (CallerProjectResolver.caller().projectId() != null) {
      throw ApiProblem.notFound("deletion");
    }
    Deletion deletion = deletions.find(id).orElseThrow(() -> ApiProblem.notFound("deletion"));
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("deletion", deletion);
    model.addAttribute("progress", Progress.of(deletion));
    return Htmx.asks(request) ? "dashboard/admin-deletion :: live" : "dashboard/admin-deletion";
  }
}
