package dev.threadmill.gateway.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of conversations, as they are sent.
 *
 * @param status {@code open}, {@code resolved}, {@code pending} or {@code snoozed}
 * @param inbox Chatwoot's number of it
 * @param label one that they have
 * @param contact the number or the global id of the contact
 * @param channel as Chatwoot has it, such as {@code Channel::Email}
 * @param priority {@code low}, {@code medium}, {@code high} or {@code urgent}
 * @param from active at this time or later, ISO 8601 with an offset; begun, where {@code sort} says
 *     so
 * @param to before this time
 * @param sort {@code activity}, the default, or {@code created}
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
record ConversationsQuery(
    @Schema(allowableValues = {"open", "resolved", "pending", "snoozed"}) @Nullable String status,
    @Nullable Long inbox,
    @Nullable String label,
    @Nullable String contact,
    @Nullable String channel,
    @Schema(allowableValues = {"low", "medium", "high", "urgent"}) @Nullable String priority,
    @Nullable String from,
    @Nullable String to,
    @Schema(allowableValues = {"activity", "created"}) @Nullable String sort,
    @Nullable String cursor,
    @Nullable Integer limit) {
  ConversationFilter filter(UUID project) {
    return ConversationFilter.of(
        project, status, inbox, label, contact, channel, priority, from, to);
  }
}
