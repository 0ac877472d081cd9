package dev.threadmill.gateway.campaigns;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of messages, as they are sent.
 *
 * @param campaign the id of one
 * @param state one of those a message can have
 * @param contact the number or the global id of one
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
public record OutboundQuery(
    @Nullable UUID campaign,
    @Schema(
            allowableValues = {
              "waiting",
              "ready",
              "sending",
              "unknown",
              "sent",
              "would_send",
              "failed",
              "cancelled"
            })
        @Nullable String state,
    @Nullable String contact,
    @Nullable String cursor,
    @Nullable Integer limit) {}
