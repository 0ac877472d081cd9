package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.page.Parameters;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of messages, as they are sent.
 *
 * @param type {@code incoming}, {@code outgoing}, {@code activity} or {@code template}
 * @param from written at this time or later, ISO 8601 with an offset
 * @param to written before this time
 * @param order {@code asc}: the oldest first, the default within a conversation; {@code desc}: the
 *     newest first, the default without one
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
record MessagesQuery(
    @Schema(allowableValues = {"incoming", "outgoing", "activity", "template"})
        @Nullable String type,
    @Nullable String from,
    @Nullable String to,
    @Schema(allowableValues = {"asc", "desc"}) @Nullable String order,
    @Nullable String cursor,
    @Nullable Integer limit) {
  private static final List<String> TYPES = List.of("incoming", "outgoing", "activity", "template");
  private static final List<String> ORDERS = List.of("asc", "desc");

  /**
   * @param otherwise the order when none is named
   */
  MessageFilter filter(String otherwise) {
    return new MessageFilter(
        Parameters.word("type", type, TYPES),
        Parameters.time("from", from),
        Parameters.time("to", to),
        Objects.requireNonNullElse(Parameters.word("order", order, ORDERS), otherwise)
            .equals("asc"),
        false);
  }
}
