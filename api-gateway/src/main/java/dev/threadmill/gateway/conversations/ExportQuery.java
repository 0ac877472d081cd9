package dev.threadmill.gateway.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an export, as they are sent: those of the list, and the format.
 *
 * @param format {@code ndjson}, the default: a line is what the list has as an item; {@code csv}:
 *     RFC 4180, the first line names the columns
 * @param from begun at this time or later, ISO 8601 with an offset
 * @param to begun before this time
 */
record ExportQuery(
    @Schema(allowableValues = {"ndjson", "csv"}) @Nullable String format,
    @Schema(allowableValues = {"open", "resolved", "pending", "snoozed"}) @Nullable String status,
    @Nullable Long inbox,
    @Nullable String label,
    @Nullable String contact,
    @Nullable String channel,
    @Schema(allowableValues = {"low", "medium", "high", "urgent"}) @Nullable String priority,
    @Nullable String from,
    @Nullable String to) {
  ConversationFilter filter(UUID project) {
    return ConversationFilter.of(
        project, status, inbox, label, contact, channel, priority, from, to);
  }
}
