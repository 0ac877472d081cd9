package dev.threadmill.gateway.tokens;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.TokenHash;
import dev.threadmill.gateway.tokens.NewToken.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Gives tokens out and takes them back. A caller whose token is bound to a project, or who names
 * one, sees and gives out tokens of that project only.
 */
@RestController
@RequestMapping("/tokens")
class TokensController {
  private static final int MOST_LISTED = 1000;

  private final TokenTable table;
  private final Projects projects;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  TokensController(
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

  record Listed(List<TokenView> items) {}

  /**
   * @param token is shown this once
   */
  record Created(TokenView details, String token) {}

  /** A thousand at the most: those that are not revoked before the others, the newest first. */
  @GetMapping
  Listed list(Caller caller) {
    return new Listed(table.list(caller.projectId(), MOST_LISTED));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<Created> create(
      Caller caller, @RequestBody NewToken wanted, HttpServletRequest request) {
    UUID project = project(caller, wanted.projectId());
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
                      Actor.of(caller, request),
                      new Change(
                          project, "token.create", row.id().toString(), null, row.audited()));
                  return row;
                }));
    return ResponseEntity.created(URI.create("/tokens/" + created.id()))
        .cacheControl(CacheControl.noStore())
        .body(new Created(created, secret.text()));
  }

  /** Takes effect with the next request; streams that are open end within a minute. */
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable UUID id, HttpServletRequest request) {
    transaction.executeWithoutResult(
        status -> {
          TokenView revoked =
              table.revoke(id, caller.projectId()).orElseThrow(() -> ApiProblem.notFound("token"));
          audit.write(
              Actor.of(caller, request),
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
