package dev.threadmill.gateway.health;

import dev.threadmill.core.health.HealthSettings;
import dev.threadmill.core.health.HealthSettingsTable;
import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How contacts and the project are. */
@RestController
@RequestMapping("/health-scores")
class HealthController {
  /** Of history that is kept. */
  private static final int MOST_DAYS = 400;

  private final ContactHealth health;
  private final ProjectScores projects;
  private final HealthSettingsTable settings;
  private final HealthChanges changes;

  HealthController(
      ContactHealth health,
      ProjectScores projects,
      HealthSettingsTable settings,
      HealthChanges changes) {
    this.health = health;
    this.projects = projects;
    this.settings = settings;
    this.changes = changes;
  }

  /**
   * The weights of the factors.
   *
   * @param setBy null while they are the defaults
   */
  record SettingsView(HealthWeights weights, @Nullable String setBy, @Nullable Instant setAt) {
    static SettingsView of(HealthSettings settings) {
      return new SettingsView(settings.weights(), settings.setBy(), settings.setAt());
    }
  }

  /** The worst first, in pages. */
  @GetMapping
  Page<HealthScoreView> list(
      CallerProject project, @ParameterObject @ModelAttribute HealthQuery query) {
    return health.list(project.id(), query);
  }

  /**
   * The mean over the active contacts, with its history.
   *
   * @param days of history, 0 to 400
   */
  @GetMapping("/project")
  ProjectHealth project(CallerProject project, @RequestParam(defaultValue = "90") int days) {
    return projects.of(project.id(), checked(days));
  }

  @GetMapping("/settings")
  SettingsView settings(CallerProject project) {
    return SettingsView.of(settings.of(project.id()));
  }

  /** The scores are made again with these weights by the runs that follow. */
  @PutMapping("/settings")
  SettingsView change(
      CallerProject project, @RequestBody WeightsWish wish, HttpServletRequest request) {
    return SettingsView.of(
        changes.weigh(project.id(), wish.weights(), Actor.of(project.caller(), request)));
  }

  /**
   * With the factors, their evidence and the history.
   *
   * @param contact its global id or Chatwoot's number
   * @param days of history, 0 to 400
   */
  @GetMapping("/{contact}")
  HealthDetail one(
      CallerProject project,
      @PathVariable String contact,
      @RequestParam(defaultValue = "90") int days) {
    return health.of(project.id(), contact, checked(days));
  }

  /** Wins over what is calculated until it expires or is taken back. */
  @PutMapping("/{contact}/override")
  HealthDetail override(
      CallerProject project,
      @PathVariable String contact,
      @RequestBody OverrideWish wish,
      HttpServletRequest request) {
    changes.override(project.id(), contact, wish, Actor.of(project.caller(), request));
    return health.of(project.id(), contact, 0);
  }

  @DeleteMapping("/{contact}/override")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void release(CallerProject project, @PathVariable String contact, HttpServletRequest request) {
    changes.release(project.id(), contact, Actor.of(project.caller(), request));
  }

  private static int checked(int days) {
    if (days < 0 || days > MOST_DAYS) {
      throw ApiProblem.invalid("'days' must be 0 to " + MOST_DAYS + ".");
    }
    return days;
  }
}
