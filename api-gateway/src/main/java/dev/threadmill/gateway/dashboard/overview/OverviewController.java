package dev.threadmill.gateway.dashboard.overview;

import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.dashboard.Shown;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.Scope;
import dev.threadmill.gateway.status.EmbeddingView;
import dev.threadmill.gateway.status.ProjectStatus;
import dev.threadmill.gateway.status.StatusView;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Whether all is well, and how far everything is. */
@Controller
class OverviewController {
  private final ProjectStatus status;
  private final Shown show = new Shown();

  OverviewController(ProjectStatus status) {
    this.status = status;
  }

  /** The page, or the part of it that changes. */
  @GetMapping(Addresses.OF_PROJECT + "/overview")
  String overview(CallerProject project, Model model, HttpServletRequest request) {
    StatusView now = status.of(project.id());
    model.addAttribute("section", Section.OVERVIEW);
    model.addAttribute("status", now);
    model.addAttribute("pending", pending(now));
    model.addAttribute("left", left(now));
    model.addAttribute("next", next(now, project.caller().scope() == Scope.ADMIN));
    model.addAttribute("cost", cost(now.embedding()));
    model.addAttribute("costNote", costNote(now.embedding()));
    return Htmx.asks(request) ? "dashboard/overview :: live" : "dashboard/overview";
  }

  private String pending(StatusView now) {
    String why = now.embedding().waitingBecause();
    if (now.backlog().waiting() > 0 && why != null) {
      return show.sentence(why);
    }
    return now.ragCounts().processing() == 0
        ? "wait for their vectors"
        : show.number(now.ragCounts().processing()) + " of them are being embedded now";
  }

  private String left(StatusView now) {
    EmbeddingView.Progress progress = now.embedding().progress();
    if (progress.waiting() == 0) {
      return "Nothing waits for its vector.";
    }
    Long seconds = progress.secondsLeft();
    return seconds == null
        ? "Nothing moves at the moment; the one that waits longest is due for "
            + show.seconds(now.backlog().ageSeconds())
            + "."
        : "About %s left, at %s a second."
            .formatted(
                show.seconds(seconds), show.many(Math.round(progress.rowsPerSecond()), "chunk"));
  }

  private static String next(StatusView now, boolean mayBind) {
    if (!now.sync().isEmpty()) {
      return "As soon as a sync has run they appear here, and the picture moves. The page Scheduler says when it is due.";
    }
    return mayBind
        ? "Bind a Chatwoot account to this project; the next sync then reads it."
        : "No Chatwoot account is bound to this project. Ask an administrator to bind one.";
  }

  private static BigDecimal cost(EmbeddingView embedding) {
    return embedding.today().stream()
        .map(EmbeddingView.Usage::costUsd)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private String costNote(EmbeddingView embedding) {
    BigDecimal ceiling = embedding.dailyCeilingUsd();
    long reused = embedding.today().stream().mapToLong(EmbeddingView.Usage::reused).sum();
    return (ceiling == null ? "No daily ceiling is set" : "of " + show.usd(ceiling) + " a day")
        + (reused == 0
            ? ""
            : "; " + show.many(reused, "vector") + " used again instead of paid twice")
        + ". Days are UTC.";
  }
}
