package dev.threadmill.localstack.chatwoot.account;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Inboxes, agents, teams and labels: what changes rarely. */
public final class Desk {
  /** An inbox and its channel, such as {@code Channel::Email}. */
  public record Inbox(long id, String name, String channel) {}

  /** A person on the desk; the role is {@code administrator} or {@code agent}. */
  public record Agent(long id, String name, String email, String role) {}

  private final State state;
  private final NavigableMap<Long, Inbox> inboxes = new ConcurrentSkipListMap<>();
  private final NavigableMap<Long, Agent> agents = new ConcurrentSkipListMap<>();
  private final Map<Long, String> teams = Map.of(1L, "support", 2L, "sales");
  private volatile List<String> labels =
      List.of("delivery", "refund", "billing", "bug", "sales", "praise", "churn");
  private volatile boolean activityMessages = true;

  Desk(State state) {
    this.state = state;
    add(new Inbox(1, "Website", "Channel::WebWidget"));
    add(new Inbox(2, "Support mail", "Channel::Email"));
    add(new Inbox(3, "WhatsApp", "Channel::Whatsapp"));
    add(new Inbox(4, "App", "Channel::Api"));
    add(new Agent(1, "Noor", "noor@example.com", "administrator"));
    add(new Agent(2, "Lee", "lee@example.com", "agent"));
    add(new Agent(3, "Marta", "marta@example.com", "agent"));
    add(new Agent(4, "Ivo", "ivo@example.com", "agent"));
  }

  public void add(Inbox inbox) {
    inboxes.put(inbox.id(), inbox);
  }

  public void add(Agent agent) {
    agents.put(agent.id(), agent);
  }

  public void setLabels(List<String> titles) {
    labels = List.copyOf(titles);
  }

  /** Whether changes of status, labels and assignee leave an activity message; on by default. */
  public void activityMessages(boolean on) {
    activityMessages = on;
  }

  boolean activityMessages() {
    return activityMessages;
  }

  /** Gone with all its conversations. */
  public void deleteInbox(long id) {
    state.change(
        () -> {
          inboxes.remove(id);
          state.conversations.values().stream()
              .filter(c -> c.inboxId == id)
              .map(Conversation::id)
              .toList()
              .forEach(state::removeConversation);
        });
  }

  Inbox inbox(long id) {
    Inbox inbox = inboxes.get(id);
    if (inbox == null) {
      throw new IllegalArgumentException("No inbox " + id + " in the simulated account");
    }
    return inbox;
  }

  public @Nullable Inbox findInbox(long id) {
    return inboxes.get(id);
  }

  public @Nullable Agent findAgent(@Nullable Long id) {
    return id == null ? null : agents.get(id);
  }

  String agentName(@Nullable Long id) {
    Agent agent = findAgent(id);
    return agent == null ? "the system" : agent.name();
  }

  public List<Inbox> inboxes() {
    return List.copyOf(inboxes.values());
  }

  public List<Agent> agents() {
    return List.copyOf(agents.values());
  }

  public Map<Long, String> teams() {
    return teams;
  }

  public List<String> labels() {
    return labels;
  }
}
