package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.project.Sources.Details;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to sources; each change and its note in the audit log are one transaction. */
@Component
class SourceChanges {
  private final Sources sources;
  private final SourceSecrets secrets;
  private final SourceWebhooks webhooks;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  SourceChanges(
      Sources sources,
      SourceSecrets secrets,
      SourceWebhooks webhooks,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.sources = sources;
    this.secrets = secrets;
    this.webhooks = webhooks;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Nothing secret can be saved without a key. */
  void requireKey() {
    if (!secrets.available()) {
      throw new ApiProblem(
          ProblemCode.SECRET_KEY_MISSING,
          "Tokens are stored encrypted; set THREADMILL_SECRET_KEY for api-gateway and ingest-service.");
    }
  }

  /** A project has one account of a number; says nothing of other projects. */
  void requireUnboundHere(UUID project, URI baseUrl, long accountId) {
    if (sources
        .find(baseUrl, accountId)
        .filter(found -> found.projectId().equals(project))
        .isPresent()) {
      throw bound();
    }
    if (sources.hasNumber(project, accountId)) {
      throw numberTaken();
    }
  }

  Details bind(UUID project, SourceWish wish, Actor actor) {
    URI baseUrl = wish.checkedBaseUrl();
    try {
      return done(
          () -> {
            UUID id = sources.bind(project, baseUrl, wish.checkedAccount()).id();
            return write(project, id, wish, null, "source.create", actor);
          });
    } catch (DuplicateKeyException taken) {
      requireUnboundHere(project, baseUrl, wish.checkedAccount());
      // It feeds another project, or whoever had it has given it up since.
      throw bound();
    }
  }

  Details change(UUID project, UUID id, SourceWish wish, Actor actor) {
    return done(
        () -> {
          Details before = find(project, id);
          return write(project, id, wish, before, "source.change", actor);
        });
  }

  Details find(UUID project, UUID id) {
    return sources.details(project, id).orElseThrow(() -> ApiProblem.notFound("source"));
  }

  private Details write(
      UUID project,
      UUID id,
      SourceWish wish,
      @Nullable Details before,
      String action,
      Actor actor) {
    if (wish.apiToken() != null) {
      secrets.setApiToken(id, wish.takesTokenAway() ? null : wish.checkedToken());
    }
    String secret = wish.checkedWebhookSecret();
    if (wish.webhookUnsigned() != null) {
      webhooks.takeUnsigned(id, wish.webhookUnsigned());
    }
    if (secret != null) {
      webhooks.setSecret(id, secret.isEmpty() ? null : secret);
    }
    Details after = find(project, id);
    Map<String, Object> noted = fields(after);
    // That one token took another's place would not show otherwise.
    noted.put("new_token", wish.apiToken() != null && !wish.takesTokenAway());
    noted.put("new_webhook_secret", secret != null);
    audit.write(
        actor,
        new Change(project, action, id.toString(), before == null ? null : fields(before), noted));
    return after;
  }

  private Details done(Supplier<Details> change) {
    return Objects.requireNonNull(transaction.execute(status -> change.get()));
  }

  private static ApiProblem bound() {
    return new ApiProblem(
        ProblemCode.SOURCE_EXISTS,
        "This account feeds a project already, and an account feeds one only; where it is being removed, wait until that is done.");
  }

  private static ApiProblem numberTaken() {
    return new ApiProblem(
        ProblemCode.ACCOUNT_NUMBER_TAKEN,
        "The project has an account of this number at another server, and can have one only; bind this one to another project.");
  }

  private static Map<String, Object> fields(Details details) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("base_url", details.source().baseUrl().toString());
    fields.put("account_id", details.source().accountId());
    fields.put("own_token", details.ownToken());
    fields.put("signed_webhooks", details.signedWebhooks());
    fields.put("unsigned_webhooks", details.unsignedWebhooks());
    return fields;
  }
}
