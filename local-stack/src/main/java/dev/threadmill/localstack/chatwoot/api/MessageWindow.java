package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a read of a conversation returns: ids select, created_at orders, without a
 * tie-break.
 */
final class MessageWindow {
  private MessageWindow() {}

  static List<Message> select(List<Message> all, Request request) {
    String after = request.param("after");
    String before = request.param("before");
    Comparator<Message> byTime =
        Comparator.comparing(Message::createdAt)
            .thenComparingLong(m -> Scramble.mix(m.id(), salt(after, before)));
    Stream<Message> rows = all.stream();
    if (request.param("filter_internal_messages") != null) {
      rows = rows.filter(m -> !m.isPrivate() && m.type() != MessageType.ACTIVITY);
    }
    long from = Request.number(after);
    long to = Request.number(before);
    if (after != null && before != null) {
      return rows.filter(m -> m.id() >= from && m.id() < to).sorted(byTime).limit(1000).toList();
    }
    if (after != null) {
      return rows.filter(m -> m.id() > from).sorted(byTime).limit(100).toList();
    }
    return rows.filter(m -> before == null || m.id() < to)
        .sorted(byTime.reversed())
        .limit(20)
        .toList()
        .reversed();
  }

  private static long salt(@Nullable String after, @Nullable String before) {
    return (after == null ? 0 : after.hashCode()) * 31L + (before == null ? 0 : before.hashCode());
  }
}
