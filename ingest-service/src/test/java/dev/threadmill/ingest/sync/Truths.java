package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares what is stored with what the simulator holds, row by row. */
final class Truths {
  private static final int SHORTEST = 30;

  private Truths() {}

  static void assertStored(JdbcClient jdbc, ChatwootSimulator chatwoot) {
    var truth = chatwoot.truth();
    assertThat(
            rows(
                jdbc,
                """
                select conversation_id || ' ' || status || ' ' || coalesce(inbox_id, 0) || ' '
                  || split_part(contact_global_id, ':', 4)
                from cw_conversations where deleted_at is null
                """))
        .isEqualTo(
            truth.conversations().stream()
                .map(c -> c.id() + " " + c.status() + " " + c.inboxId() + " " + c.contactId())
                .collect(Collectors.toSet()));
    assertThat(
            rows(
                jdbc,
                """
                select m.message_id || ' ' || c.conversation_id || ' ' || m.message_type || ' ' || m.private || ' '
                  || m.status || ' ' || extract(epoch from m.created_at)::bigint || ' ' || (m.deleted_at is not null)
                  || ' ' || coalesce(m.content, '-')
                from cw_messages m join cw_conversations c on c.global_id = m.conversation_global_id
                where c.deleted_at is null and (m.deleted_at is null or m.data <> '{}')
                """))
        .isEqualTo(truth.messages().stream().map(Truths::message).collect(Collectors.toSet()));
    assertThat(rows(jdbc, "select split_part(message_global_id, ':', 4) from rag_chunks"))
        .isEqualTo(
            truth.messages().stream()
                .filter(Truths::searchable)
                .map(m -> String.valueOf(m.id()))
                .collect(Collectors.toSet()));
  }

  private static String message(Message m) {
    String content =
        m.deleted() || m.content() == null || m.content().isEmpty() ? "-" : m.content();
    return "%d %d %s %s %s %d %s %s"
        .formatted(
            m.id(),
            m.conversationId(),
            m.type().name().toLowerCase(Locale.ROOT),
            m.isPrivate(),
            m.status(),
            m.createdAt().getEpochSecond(),
            m.deleted(),
            content);
  }

  private static boolean searchable(Message m) {
    return !m.deleted()
        && !m.isPrivate()
        && List.of(MessageType.INCOMING, MessageType.OUTGOING).contains(m.type())
        && m.content() != null
        && m.content().strip().length() >= SHORTEST;
  }

  private static Set<String> rows(JdbcClient jdbc, String sql) {
    return Set.copyOf(jdbc.sql(sql).query(String.class).list());
  }
}
