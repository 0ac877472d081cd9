package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.SourceSecrets.Batch;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Changing the key that the secrets of sources are encrypted with. */
@RestController
class SecretsController {
  private static final int AT_ONCE = 100;
  private static final int MOST_NAMED = 100;

  private final SourceSecrets secrets;
  private final SourceChanges changes;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  SecretsController(
      SourceSecrets secrets,
      SourceChanges changes,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.secrets = secrets;
    this.changes = changes;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * @param sources how many were looked at
   * @param rewritten how many had a secret that an older key had encrypted
   * @param unreadable how many have a secret that no key can read; it must be set anew
   * @param unreadableSources the first hundred of these
   */
  record Rewritten(int sources, int rewritten, int unreadable, List<UUID> unreadableSources) {}

  /**
   * Encrypts the secrets of all sources with the first key of {@code THREADMILL_SECRET_KEY}. When
   * that is done and none was unreadable, older keys may go.
   */
  @PostMapping("/secrets/rewrite")
  Rewritten rewrite(HttpServletRequest request) {
    ProjectAccess.requireAllProjects();
    changes.requireKey();
    Actor actor = Actor.of(CallerProjectResolver.caller(), request);
    int sources = 0;
    int rewritten = 0;
    List<UUID> unreadable = new ArrayList<>();
    UUID after = null;
    do {
      UUID from = after;
      Batch batch = Objects.requireNonNull(transaction.execute(status -> batch(from, actor)));
      sources += batch.sources();
      rewritten += batch.rewritten();
      unreadable.addAll(batch.unreadable());
      after = batch.last();
    } while (after != null);
    return new Rewritten(
        sources,
        rewritten,
        unreadable.size(),
        unreadable.subList(0, Math.min(MOST_NAMED, unreadable.size())));
  }

  private Batch batch(@Nullable UUID after, Actor actor) {
    Batch batch = secrets.encryptAnew(after, AT_ONCE);
    if (batch.rewritten() > 0) {
      audit.write(
          actor,
          new Change(
              null, "secrets.rewrite", "sources", null, Map.of("rewritten", batch.rewritten())));
    }
    return batch;
  }
}
