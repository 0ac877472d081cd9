package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The time by which conversations are listed, the latest first. */
enum ConversationOrder {
  /** When something was said or done last. Whoever pages may miss what becomes active meanwhile. */
  ACTIVITY("activity", "last_activity_at"),
  /** When they began, which never moves. */
  CREATED("created", "created_at");

  private final String word;
  private final String column;

  ConversationOrder(String word, String column) {
    this.word = word;
    this.column = column;
  }

  /** A conversation in the list; those before it in time come after it. */
  record Place(Instant at, String globalId) {}

  static ConversationOrder of(@Nullable String word) {
    String known =
        Objects.requireNonNullElse(
            Parameters.word("sort", word, List.of(ACTIVITY.word, CREATED.word)), ACTIVITY.word);
    return known.equals(CREATED.word) ? CREATED : ACTIVITY;
  }

  String column() {
    return column;
  }

  Place place(ConversationView conversation) {
    return new Place(
        this == CREATED ? conversation.createdAt() : conversation.lastActivityAt(),
        conversation.globalId());
  }

  /** Names the order too: a place in one list is none in the other. */
  String cursor(ConversationView conversation) {
    Place place = place(conversation);
    return Cursor.of(word, place.at(), place.globalId());
  }

  @Nullable Place read(@Nullable String cursor) {
    return Cursor.read(
        cursor,
        keys -> {
          if (!keys[0].equals(word)) {
            throw new IllegalArgumentException("of another order");
          }
          return new Place(Cursor.time(keys[1]), keys[2]);
        });
  }
}
