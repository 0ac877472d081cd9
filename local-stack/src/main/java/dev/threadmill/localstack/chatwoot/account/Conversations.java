package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The account's conversations. Every method is one atomic change. */
public final class Conversations {
  private final State state;
  private final Messages messages;
  private final Desk desk;

  Conversations(State state, Messages messages, Desk desk) {
    this.state = state;
    this.messages = messages;
    this.desk = desk;
  }

  /** Opens a conversation of this contact in the first inbox and returns its display id. */
  public long open(long contactId) {
    return add(NewConversation.with(contactId));
  }

  /** Opens a conversation and returns its display id. */
  public long add(NewConversation wanted) {
    return state.write(
        () -> {
          state.contact(wanted.contactId());
          desk.inbox(wanted.inboxId());
          long id = state.nextConversationId();
          Instant now = state.now();
          Instant created = wanted.createdAt() == null ? now : wanted.createdAt();
          String uuid = new UUID(state.random.nextLong(), state.random.nextLong()).toString();
          Conversation row =
              new Conversation(id, uuid, wanted.inboxId(), wanted.contactId(), created);
          row.status = wanted.status();
          row.labels = List.copyOf(wanted.labels());
          row.assigneeId = wanted.assigneeId();
          row.priority = wanted.priority();
          row.additionalAttributes = wanted.additionalAttributes();
          row.updatedAt = now;
          state.conversations.put(id, row);
          state.messageIds.put(id, new ArrayList<>());
          state.tell(new Change("conversation_created", id));
          return id;
        });
  }

  /** Sets {@code open}, {@code resolved}, {@code pending} or {@code snoozed}. */
  public void setStatus(long id, String status) {
    setStatus(id, status, null);
  }

  /** Snoozed until a time, or for as long as nobody writes. */
  public void snooze(long id, @Nullable Instant until) {
    setStatus(id, "snoozed", until);
  }

  private void setStatus(long id, String status, @Nullable Instant snoozedUntil) {
    String doing = status.equals("open") ? "reopened" : "marked " + status;
    state.change(
        () -> {
          String who = desk.agentName(state.conversation(id).assigneeId);
          String text = "Conversation was " + doing + " by " + who;
          update(
              id,
              "status",
              text,
              row -> {
                row.status = status;
                row.snoozedUntil = snoozedUntil;
              });
          state.tell(new Change("conversation_status_changed", id, List.of("status")));
        });
  }

  public void setLabels(long id, List<String> labels) {
    update(
        id,
        "label_list",
        "The labels are now: " + String.join(", ", labels),
        row -> row.labels = List.copyOf(labels));
  }

  public void assign(long id, @Nullable Long agentId) {
    String text = agentId == null ? "Unassigned" : "Assigned to " + desk.agentName(agentId);
    update(id, "assignee_id", text, row -> row.assigneeId = agentId);
  }

  public void setTeam(long id, @Nullable Long teamId) {
    update(id, "team_id", null, row -> row.teamId = teamId);
  }

  public void setPriority(long id, @Nullable String priority) {
    update(id, "priority", null, row -> row.priority = priority);
  }

  public void setCustomAttributes(long id, Map<String, Object> attributes) {
    update(id, "custom_attributes", null, row -> row.customAttributes = Map.copyOf(attributes));
  }

  public void setAdditionalAttributes(long id, Map<String, Object> attributes) {
    update(
        id,
        "additional_attributes",
        null,
        row -> row.additionalAttributes = Map.copyOf(attributes));
  }

  /** Written past the model: no other time moves. */
  public void seenByAgent(long id) {
    state.change(() -> state.conversation(id).agentLastSeenAt = state.now());
  }

  /** Written past the model: no other time moves. */
  public void seenByContact(long id) {
    state.change(() -> state.conversation(id).contactLastSeenAt = state.now());
  }

  /** Gone with its messages, without a trace or an event. */
  public void delete(long id) {
    state.change(
        () -> {
          state.conversation(id);
          state.removeConversation(id);
        });
  }

  /** Leaves a gap in the display ids, as deletions before the first sync do. */
  public void skipIds(int count) {
    state.change(() -> state.skipConversationIds(count));
  }

  private void update(
      long id, String attribute, @Nullable String activity, Consumer<Conversation> change) {
    state.change(
        () -> {
          Conversation row = state.conversation(id);
          change.accept(row);
          row.updatedAt = state.now();
          state.tell(new Change("conversation_updated", id, List.of(attribute)));
          if (activity != null && desk.activityMessages()) {
            messages.add(NewMessage.of(id, MessageType.ACTIVITY, activity));
          }
        });
  }

  /** A copy of one. */
  public Optional<Conversation> find(long id) {
    return state.read(() -> Optional.ofNullable(state.conversations.get(id)).map(c -> c.copy()));
  }

  /** By rising display id; live rows, so to be read inside {@link ChatwootAccount#read}. */
  public List<Conversation> all() {
    return state.read(() -> List.copyOf(state.conversations.values()));
  }
}
