package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.http.Answer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The access tokens the server knows. */
public final class Tokens {
  /** What a token stands for. */
  enum Kind {
    ADMINISTRATOR,
    AGENT,
    BOT,
    OUTSIDER
  }

  record Access(Kind kind, long userId, Set<Long> inboxes) {
    boolean sees(long inboxId) {
      return kind == Kind.ADMINISTRATOR || inboxes.contains(inboxId);
    }

    String role() {
      return kind == Kind.ADMINISTRATOR ? "administrator" : "agent";
    }
  }

  private final Map<String, Access> known = new ConcurrentHashMap<>();

  /** Of the first agent, who is an administrator. */
  public void addAdministrator(String token) {
    known.put(token, new Access(Kind.ADMINISTRATOR, 1, Set.of()));
  }

  /** Of an agent who belongs to these inboxes only. */
  public void addAgent(String token, long agentId, Set<Long> inboxIds) {
    known.put(token, new Access(Kind.AGENT, agentId, Set.copyOf(inboxIds)));
  }

  public void addBot(String token) {
    known.put(token, new Access(Kind.BOT, 0, Set.of()));
  }

  /** Of a user of the installation who is not in this account. */
  public void addOutsider(String token) {
    known.put(token, new Access(Kind.OUTSIDER, 900, Set.of()));
  }

  public void revoke(String token) {
    known.remove(token);
  }

  Access of(@Nullable String token) {
    if (token == null || token.isBlank()) {
      throw new Answer.Refusal(Answer.notSignedIn());
    }
    Access access = known.get(token);
    if (access == null) {
      throw new Answer.Refusal(Answer.error(401, "Invalid Access Token"));
    }
    if (access.kind == Kind.BOT) {
      throw new Answer.Refusal(
          Answer.error(401, "Access to this endpoint is not authorized for bots"));
    }
    return access;
  }
}
