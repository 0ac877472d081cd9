package dev.threadmill.gateway.analytics;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The business hours of a project; they are set with the scope admin. */
@RestController
@RequestMapping("/analytics/settings")
class SettingsController {
  private final SettingsTable settings;
  private final Projects projects;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  SettingsController(
      SettingsTable settings, Projects projects, AuditLog audit, TransactionTemplate transaction) {
    this.settings = settings;
    this.projects = projects;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * What people set.
   *
   * @param businessHours null: times are counted by the calendar only
   */
  record AnalyticsSettings(@Nullable BusinessHours businessHours) {}

  @GetMapping
  AnalyticsSettings settings(CallerProject project) {
    return settings(project.id());
  }

  /** Times of all conversations are computed anew, which may take several runs. */
  @PutMapping
  AnalyticsSettings change(
      CallerProject project, @RequestBody AnalyticsSettings wish, HttpServletRequest request) {
    if (wish.businessHours() != null) {
      wish.businessHours().check();
    }
    Actor actor = Actor.of(project.caller(), request);
    transaction.executeWithoutResult(
        status -> {
          // What another one sets at this moment is what was before.
          var unused =
              projects.lock(project.id()).orElseThrow(() -> ApiProblem.notFound("project"));
          AnalyticsSettings before = settings(project.id());
          settings.save(project.id(), wish.businessHours());
          audit.write(
              actor,
              new Change(
                  project.id(),
                  "analytics.settings",
                  "business_hours",
                  fields(before),
                  fields(settings(project.id()))));
        });
    return settings(project.id());
  }

  private AnalyticsSettings settings(UUID project) {
    return new AnalyticsSettings(settings.find(project).orElse(null));
  }

  private static Map<String, ?> fields(AnalyticsSettings settings) {
    return Collections.singletonMap("business_hours", settings.businessHours());
  }
}
