package dev.threadmill.gateway.tokens;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.TokenHash;
import dev.threadmill.gateway.tokens.NewToken.Secret;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives tokens out and takes them back; each change and its note in the audit log are one
 * transaction. A caller that is bound to a project sees and changes tokens of that project only.
 */
@Component
public class TokenChanges {
  private final TokenTable table;
  private final Projects projects;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  TokenChanges(
      TokenTable table,
      Projects projects,
      AuditLog audit,
      TransactionTemplate transaction,
      Clock clock) {
    this.table = table;
    this.projects = projects;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * @param token is shown this once
   */
  public record Created(TokenView details, String token) {}

  /** Those that are not revoked before the others, the newest first. */
  public List<TokenView> list(Caller caller, int most) {
    return table.list(caller.projectId(), most);
  }

  public Created create(NewToken wanted, Actor actor) {
    UUID project = project(actor.caller(), wanted.projectId());
    Secret secret = Secret.random(random);
    var scope = wanted.checkedScope();
    var name = wanted.checkedName();
    var expiry = wanted.checkedExpiry(clock.instant());
    TokenView created =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  TokenView row =
                      table.insert(
                          name,
                          secret.prefix(),
                          TokenHash.of(secret.text()),
                          scope,
                          project,
                          expiry);
                  audit.write(
                      actor,
                      new Change(
                          project, "token.create", row.id().toString(), null, row.audited()));
                  return row;
                }));
    return new Created(created, secret.text());
  }

  /** Takes effect with the next request; streams that are open end within a minute. */
  public void revoke(UUID id, Actor actor) {
    transaction.executeWithoutResult(
        status -> {
          TokenView revoked =
              table
                  .revoke(id, actor.caller().projectId())
                  .orElseThrow(() -> ApiProblem.notFound("token"));
          audit.write(
              actor,
              new Change(
                  revoked.projectId(), "token.revoke", id.toString(), revoked.audited(), null));
        });
  }

  private @Nullable UUID project(Caller caller, @Nullable UUID wanted) {
    UUID project = wanted == null ? caller.projectId() : wanted;
    boolean foreign = caller.projectId() != null && !caller.projectId().equals(project);
    if (project != null && (foreign || projects.find(project).isEmpty())) {
      throw ApiProblem.notFound("project");
    }
    return project;
  }
}
