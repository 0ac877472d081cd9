package dev.threadmill.gateway.signals;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of signals, as they are sent.
 *
 * @param type such as {@code complaint}
 * @param status {@code proposed}, {@code accepted}, {@code dismissed} or {@code done}
 * @param contact the number or the global id of the contact
 * @param conversation the number or the global id of the conversation
 * @param severity this or a higher one, 1 to 5
 * @param confidence this or more, 0 to 1
 * @param from last seen at this time or later, ISO 8601 with an offset
 * @param to last seen before this time
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
public record SignalsQuery(
    @Nullable String type,
    @Schema(allowableValues = {"proposed", "accepted", "dismissed", "done"})
        @Nullable String status,
    @Nullable String contact,
    @Nullable String conversation,
    @Schema(minimum = "1", maximum = "5") @Nullable Integer severity,
    @Schema(minimum = "0", maximum = "1") @Nullable Double confidence,
    @Nullable String from,
    @Nullable String to,
    @Nullable String cursor,
    @Nullable Integer limit) {}
