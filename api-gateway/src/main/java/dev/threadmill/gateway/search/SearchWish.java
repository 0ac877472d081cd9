package dev.threadmill.gateway.search;

import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to look for. Filters that are null or absent let everything pass.
 *
 * @param query 1 to 2000 characters
 * @param topK how many messages to answer, 1 to 50; 10 by default
 * @param status of the conversation
 * @param label one that the conversation has
 * @param sender {@code contact} or {@code agent}
 * @param conversationId Chatwoot's number of the conversation
 * @param contactId Chatwoot's number of the contact
 * @param neighbours how many messages before and after each hit to tell, 0 to 5; none by default
 */
public record SearchWish(
    @Schema(requiredMode = RequiredMode.REQUIRED, minLength = 1, maxLength = SearchWish.MAX_QUERY)
        @Nullable String query,
    @Schema(minimum = "1", maximum = "" + SearchWish.MAX_HITS, defaultValue = "10")
        @Nullable Integer topK,
    @Schema(allowableValues = {"open", "resolved", "pending", "snoozed"}) @Nullable String status,
    @Nullable Long inboxId,
    @Nullable String label,
    @Nullable String channel,
    @Schema(allowableValues = {"contact", "agent"}) @Nullable String sender,
    @Nullable Long conversationId,
    @Nullable Long contactId,
    @Nullable Instant createdAfter,
    @Nullable Instant createdBefore,
    @Schema(minimum = "0", maximum = "" + SearchWish.MAX_NEIGHBOURS, defaultValue = "0")
        @Nullable Integer neighbours) {
  static final int MAX_QUERY = 2000;
  static final int MAX_HITS = 50;
  private static final int DEFAULT_HITS = 10;
  static final int MAX_NEIGHBOURS = 5;
  private static final Set<String> STATUSES = Set.of("open", "resolved", "pending", "snoozed");
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final List<String> SENDERS = List.of("contact", "agent");

  /** The query without what PostgreSQL can't take and without blank ends. */
  String checkedQuery() {
    // U+0000 can't be stored or compared in PostgreSQL.
    String text = query == null ? "" : query.replace("\0", "").strip();
    if (text.isEmpty() || text.length() > MAX_QUERY) {
      throw ApiProblem.invalid("'query' must have 1 to " + MAX_QUERY + " characters.");
    }
    return text;
  }

  int checkedTopK() {
    int wanted = topK == null ? DEFAULT_HITS : topK;
    if (wanted < 1 || wanted > MAX_HITS) {
      throw ApiProblem.invalid("'top_k' must be 1 to " + MAX_HITS + ".");
    }
    return wanted;
  }

  int checkedNeighbours() {
    int wanted = neighbours == null ? 0 : neighbours;
    if (wanted < 0 || wanted > MAX_NEIGHBOURS) {
      throw ApiProblem.invalid("'neighbours' must be 0 to " + MAX_NEIGHBOURS + ".");
    }
    return wanted;
  }

  void checkFilters() {
    if (status != null && !STATUSES.contains(status)) {
      throw ApiProblem.invalid("'status' must be one of open, resolved, pending, snoozed.");
    }
    if (sender != null && !SENDERS.contains(sender)) {
      throw ApiProblem.invalid("'sender' must be contact or agent.");
    }
    for (Instant time : new @Nullable Instant[] {createdAfter, createdBefore}) {
      if (time != null && (time.isBefore(EARLIEST) || time.isAfter(LATEST))) {
        throw ApiProblem.invalid(
            "'created_after' and 'created_before' must lie between the years 1970 and 9999.");
      }
    }
    for (String text : new String[] {label, channel}) {
      if (text != null && (text.length() > 255 || text.indexOf('\0') >= 0)) {
        throw ApiProblem.invalid("'label' and 'channel' have at most 255 characters.");
      }
    }
  }

  /** Whether anything but the query counts. */
  boolean filtered() {
    return ofFew() || ofConversations() || ofMessages();
  }

  /** Whether all filters that there are pass or refuse whole conversations. */
  boolean ofConversationsAlone() {
    return ofConversations() && !ofMessages();
  }

  private boolean ofMessages() {
    return Stream.of(sender, createdAfter, createdBefore).anyMatch(Objects::nonNull);
  }

  private boolean ofConversations() {
    return Stream.of(contactId, status, inboxId, label, channel).anyMatch(Objects::nonNull);
  }

  /** Whether so few messages pass that they are compared at once; a contact may have any number. */
  boolean ofFew() {
    return conversationId != null;
  }

  @Nullable String messageType() {
    return sender == null ? null : sender.equals("contact") ? "incoming" : "outgoing";
  }
}
