package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.page.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which conversations; null lets everything pass.
 *
 * @param from of the time that the list is ordered by: this or later
 * @param to before this
 */
record ConversationFilter(
    @Nullable String status,
    @Nullable Long inbox,
    @Nullable String label,
    @Nullable GlobalId contact,
    @Nullable String channel,
    @Nullable String priority,
    @Nullable Instant from,
    @Nullable Instant to) {
  private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");
  private static final List<String> PRIORITIES = List.of("low", "medium", "high", "urgent");

  /** Reads and checks what was sent. */
  static ConversationFilter of(
      UUID project,
      @Nullable String status,
      @Nullable Long inbox,
      @Nullable String label,
      @Nullable String contact,
      @Nullable String channel,
      @Nullable String priority,
      @Nullable String from,
      @Nullable String to) {
    return new ConversationFilter(
        Parameters.word("status", status, STATUSES),
        inbox,
        Parameters.text("label", label),
        GlobalId.filter("contact", "cwc", project, contact),
        Parameters.text("channel", channel),
        Parameters.word("priority", priority, PRIORITIES),
        Parameters.time("from", from),
        Parameters.time("to", to));
  }
}
