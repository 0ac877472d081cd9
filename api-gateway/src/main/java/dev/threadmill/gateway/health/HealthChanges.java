package dev.threadmill.gateway.health;

import dev.threadmill.core.health.HealthSettings;
import dev.threadmill.core.health.HealthSettingsTable;
import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What people do to health scores; each change and its note in the audit log are one transaction.
 */
@Component
public class HealthChanges {
  private final ContactHealth health;
  private final HealthOverrides overrides;
  private final HealthSettingsTable settings;
  private final Projects projects;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  HealthChanges(
      ContactHealth health,
      HealthOverrides overrides,
      HealthSettingsTable settings,
      Projects projects,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.health = health;
    this.overrides = overrides;
    this.settings = settings;
    this.projects = projects;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Holds from this moment on, whatever is calculated. */
  public void override(UUID project, String contact, OverrideWish wish, Actor actor) {
    int score = wish.checkedScore();
    String reason = wish.checkedReason();
    Instant expiry = wish.checkedExpiry(overrides.now());
    transaction.executeWithoutResult(
        status -> {
          lock(project);
          HealthScoreView before = health.of(project, contact, 0).health();
          String id = before.contact().globalId();
          overrides.put(project, id, score, reason, actor.caller().name(), expiry);
          audit.write(
              actor,
              new Change(
                  project,
                  "health.override",
                  id,
                  fields(before.override()),
                  fields(health.of(project, id, 0).health().override())));
        });
  }

  /** Takes back what a person says; the formula counts again. */
  public void release(UUID project, String contact, Actor actor) {
    transaction.executeWithoutResult(
        status -> {
          lock(project);
          HealthScoreView before = health.of(project, contact, 0).health();
          String id = before.contact().globalId();
          if (!overrides.delete(id)) {
            throw ApiProblem.notFound("override");
          }
          audit.write(
              actor, new Change(project, "health.release", id, fields(before.override()), null));
        });
  }

  HealthSettings weigh(UUID project, HealthWeights weights, Actor actor) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              lock(project);
              HealthSettings before = settings.of(project);
              if (before.weights().equals(weights)) {
                // No reason to make all scores again.
                return before;
              }
              HealthSettings after = settings.change(project, weights, actor.caller().name());
              audit.write(
                  actor,
                  new Change(
                      project,
                      "health.weigh",
                      project.toString(),
                      fields(before.weights()),
                      fields(after.weights())));
              return after;
            }));
  }

  /** One change of a project after the other, so that each "before" in the audit log is true. */
  private void lock(UUID project) {
    var unused = projects.lock(project).orElseThrow(() -> ApiProblem.notFound("project"));
  }

  private static @Nullable Map<String, Object> fields(HealthScoreView.@Nullable Verdict one) {
    if (one == null) {
      return null;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("score", one.score());
    // Not the reason: it says something of a contact, and what is noted here outlives an erasure.
    fields.put("set_by", one.setBy());
    fields.put("expires_at", one.expiresAt());
    return fields;
  }

  private static Map<String, Object> fields(HealthWeights weights) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("unanswered", weights.unanswered());
    fields.put("response_latency", weights.responseLatency());
    fields.put("negative_signals", weights.negativeSignals());
    fields.put("reopen_rate", weights.reopenRate());
    fields.put("silence", weights.silence());
    fields.put("csat", weights.csat());
    return fields;
  }
}
