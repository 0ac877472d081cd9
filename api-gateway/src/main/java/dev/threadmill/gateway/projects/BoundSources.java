package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Sources;
import dev.threadmill.core.project.Sources.Details;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.projects.SourceCheck.Access;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The accounts that feed a project. One is bound, and a token of it changed, only when its server
 * lets the token read the account.
 */
@Component
public class BoundSources {
  private static final String AGENT =
      "The token is an agent's: only the inboxes of this agent are read. Use an administrator's for all of them.";
  private static final String UNKNOWN =
      "The server does not say what the token may read; if it is no administrator's, inboxes are missing.";

  private final Sources sources;
  private final SourceCheck check;
  private final SourceChanges changes;

  BoundSources(Sources sources, SourceCheck check, SourceChanges changes) {
    this.sources = sources;
    this.check = check;
    this.changes = changes;
  }

  /**
   * A source as it was saved.
   *
   * @param tokenAccess what its new token may read: administrator, agent or unknown; null: the
   *     token was not changed
   * @param warning what is not as it should be
   */
  public record Saved(SourceView source, @Nullable String tokenAccess, @Nullable String warning) {}

  /** The oldest first. */
  public List<SourceView> list(UUID project) {
    return sources.details(project).stream().map(SourceView::of).toList();
  }

  SourceView one(UUID project, UUID source) {
    return SourceView.of(changes.find(project, source));
  }

  /**
   * @throws ApiProblem when it can't be read, or feeds a project already; the code says why
   */
  public Saved bind(UUID project, SourceWish wish, Actor actor) {
    URI baseUrl = wish.checkedBaseUrl();
    long account = wish.checkedAccount();
    String token = wish.checkedToken();
    var unused = wish.checkedWebhookSecret();
    changes.requireKey();
    changes.requireUnboundHere(project, baseUrl, account);
    // Whether another project has the account is only for who can read it.
    Access found = check.check(baseUrl, account, token);
    return saved(changes.bind(project, wish, actor), found);
  }

  /**
   * @throws ApiProblem when there is nothing to change, the new token can't read the account, or
   *     somebody who is bound to one project takes its own token away
   */
  public Saved change(UUID project, UUID source, SourceWish wish, Actor actor) {
    Details before = changes.find(project, source);
    if (wish.baseUrl() != null || wish.accountId() != null) {
      throw ApiProblem.invalid(
          "'base_url' and 'account_id' of a source can't be changed; bind another source.");
    }
    String secret = wish.checkedWebhookSecret();
    if (wish.apiToken() == null && !wish.changesWebhooks()) {
      throw ApiProblem.invalid("There is nothing to change; send at least one field.");
    }
    if (wish.takesTokenAway()) {
      // What is read and sent from then on goes by the operator's token, which may see more.
      ProjectAccess.requireAllProjects();
    }
    boolean newToken = wish.apiToken() != null && !wish.takesTokenAway();
    if (newToken || (secret != null && !secret.isEmpty())) {
      changes.requireKey();
    }
    Access found =
        newToken
            ? check.check(
                before.source().baseUrl(), before.source().accountId(), wish.checkedToken())
            : null;
    return saved(changes.change(project, source, wish, actor), found);
  }

  private static Saved saved(Details details, @Nullable Access access) {
    return new Saved(
        SourceView.of(details),
        access == null ? null : access.name().toLowerCase(Locale.ROOT),
        access == Access.AGENT ? AGENT : access == Access.UNKNOWN ? UNKNOWN : null);
  }
}
