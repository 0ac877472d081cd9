package dev.threadmill.localstack.chatwoot.account;

/** Who wrote a message. Ids of different kinds collide, as in Chatwoot. */
public record Sender(Kind kind, long id) {
  /** The kinds a sender can be of. */
  public enum Kind {
    CONTACT,
    USER,
    AGENT_BOT,
    CAPTAIN_ASSISTANT
  }

  public static Sender contact(long id) {
    return new Sender(Kind.CONTACT, id);
  }

  public static Sender user(long id) {
    return new Sender(Kind.USER, id);
  }

  public static Sender bot(long id) {
    return new Sender(Kind.AGENT_BOT, id);
  }
}
