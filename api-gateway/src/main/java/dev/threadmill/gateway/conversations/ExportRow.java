package dev.threadmill.gateway.conversations;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.threadmill.gateway.conversations.ConversationView.Contact;
import dev.threadmill.gateway.conversations.ConversationView.Inbox;
import dev.threadmill.gateway.conversations.ConversationView.Person;
import dev.threadmill.gateway.page.SpreadsheetText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A conversation as a line of a CSV file. */
@JsonPropertyOrder({
  "conversation_id",
  "global_id",
  "status",
  "priority",
  "labels",
  "inbox_id",
  "inbox",
  "channel",
  "assignee_id",
  "assignee",
  "team_id",
  "contact_id",
  "contact",
  "subject",
  "created_at",
  "last_activity_at",
  "first_reply_at",
  "first_response_seconds",
  "resolved_at",
  "resolution_seconds",
  "link"
})
record ExportRow(
    long conversationId,
    String globalId,
    String status,
    @Nullable String priority,
    String labels,
    @Nullable Long inboxId,
    @Nullable String inbox,
    @Nullable String channel,
    @Nullable Long assigneeId,
    @Nullable String assignee,
    @Nullable Long teamId,
    @Nullable Long contactId,
    @Nullable String contact,
    @Nullable String subject,
    Instant createdAt,
    Instant lastActivityAt,
    @Nullable Instant firstReplyAt,
    @Nullable Long firstResponseSeconds,
    @Nullable Instant resolvedAt,
    @Nullable Long resolutionSeconds,
    String link) {
  static ExportRow of(ConversationView of) {
    Inbox inbox = of.inbox();
    Person assignee = of.assignee();
    Contact contact = of.contact();
    return new ExportRow(
        of.conversationId(),
        of.globalId(),
        of.status(),
        of.priority(),
        String.valueOf(SpreadsheetText.harmless(String.join(", ", of.labels()))),
        inbox == null ? null : inbox.id(),
        inbox == null ? null : SpreadsheetText.harmless(inbox.name()),
        SpreadsheetText.harmless(of.channel()),
        assignee == null ? null : assignee.id(),
        assignee == null ? null : SpreadsheetText.harmless(assignee.name()),
        of.teamId(),
        contact == null ? null : contact.contactId(),
        contact == null ? null : SpreadsheetText.harmless(contact.name()),
        SpreadsheetText.harmless(of.subject()),
        of.createdAt(),
        of.lastActivityAt(),
        of.times().firstReplyAt(),
        of.times().firstResponseSeconds(),
        of.times().resolvedAt(),
        of.times().resolutionSeconds(),
        of.link());
  }
}
