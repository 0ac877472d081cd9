package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.Truth;
import java.sql.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is stored with what the simulated account holds, row by row, and each vector with
 * the one that the provider answers for the row's text. For accounts of short, plain texts: each
 * that is long enough is one chunk.
 */
record AccountTruth(FaultStack faults, String story) {
  private static final int SHORTEST = 30;
  private static final List<MessageType> SPOKEN =
      List.of(MessageType.INCOMING, MessageType.OUTGOING);

  void assertStored() {
    Truth truth = faults.chatwoot.truth();
    same(
        "conversations",
        """
        select concat_ws(' ', conversation_id, status, inbox_id, array_to_string(labels, ','), coalesce(assignee_id, 0),
          split_part(contact_global_id, ':', 4), extract(epoch from last_activity_at)::bigint)
        from cw_conversations where deleted_at is null
        """,
        words(truth.conversations(), AccountTruth::conversation));
    same(
        "messages",
        """
        select concat_ws(' ', m.message_id, c.conversation_id, m.message_type, m.private, m.status,
          extract(epoch from m.created_at)::bigint, m.deleted_at is not null, coalesce(m.content, '-'))
        from cw_messages m join cw_conversations c on c.global_id = m.conversation_global_id
        where c.deleted_at is null and (m.deleted_at is null or m.data <> '{}')
        """,
        words(truth.messages(), AccountTruth::message));
    same(
        "chunks",
        """
        select concat_ws(' ', split_part(message_global_id, ':', 4), split_part(conversation_global_id, ':', 4),
          chunk_index, text_hash = encode(sha256(convert_to(text, 'UTF8')), 'hex'), text) from rag_chunks
        """,
        words(
            truth.messages().stream().filter(AccountTruth::searchable).toList(),
            message -> words(message.id(), message.conversationId(), 0, "t", message.content())));
    assertContacts(truth);
  }

  /** All are ready, each with the vector of its own text, and as many lie in the search's copy. */
  void assertEmbedded() {
    assertThat(
            faults.tables.texts(
                "select embedding_status || ' ' || coalesce(embedding_error, '') from rag_chunks where embedding_status <> 'ready'"))
        .as(story)
        .isEmpty();
    List<String> wrong = new ArrayList<>();
    faults.tables.each(
        "select text, (embedding::real[])[1:8] from rag_chunks",
        row -> {
          Array array = row.getArray(2);
          float[] expected = faults.provider.vectorFor(FaultStack.MODEL, 1536, row.getString(1));
          Float[] stored = (Float[]) array.getArray();
          for (int i = 0; i < stored.length; i++) {
            if (stored[i] != expected[i]) {
              wrong.add(row.getString(1));
            }
          }
        });
    assertThat(wrong).as("%s: vectors of other texts", story).isEmpty();
    assertThat(faults.tables.number("select count(*) from rag_vectors"))
        .as(story)
        .isEqualTo(faults.tables.number("select count(*) from rag_chunks"));
  }

  private void assertContacts(Truth truth) {
    Set<Long> talking =
        truth.conversations().stream().map(Conversation::contactId).collect(Collectors.toSet());
    Set<String> stored =
        faults.tables.texts(
            "select concat_ws(' ', contact_id, name, blocked) from cw_contacts where deleted_at is null");
    assertThat(words(truth.contacts(), AccountTruth::contact)).as(story).containsAll(stored);
    assertThat(stored)
        .as("%s: contacts", story)
        .containsAll(
            words(
                truth.contacts().stream()
                    .filter(contact -> contact.listed() || talking.contains(contact.id()))
                    .toList(),
                AccountTruth::contact));
  }

  private static String contact(Contact contact) {
    return words(contact.id(), contact.name(), contact.blocked() ? "t" : "f");
  }

  private static String conversation(Conversation one) {
    return words(
        one.id(),
        one.status(),
        one.inboxId(),
        String.join(",", one.labels()),
        one.assigneeId() == null ? 0 : one.assigneeId(),
        one.contactId(),
        one.lastActivityAt().getEpochSecond());
  }

  private static String message(Message message) {
    String content = content(message);
    return words(
        message.id(),
        message.conversationId(),
        message.type().name().toLowerCase(Locale.ROOT),
        message.isPrivate() ? "t" : "f",
        message.status(),
        message.createdAt().getEpochSecond(),
        message.deleted() ? "t" : "f",
        content == null ? "-" : content);
  }

  private static @Nullable String content(Message message) {
    String content = message.content();
    return message.deleted() || message.isPrivate() || content == null || content.isEmpty()
        ? null
        : content;
  }

  private static boolean searchable(Message message) {
    String content = content(message);
    return content != null
        && SPOKEN.contains(message.type())
        && content.strip().length() >= SHORTEST;
  }

  private void same(String what, String query, Set<String> shown) {
    Set<String> stored = faults.tables.texts(query);
    Set<String> missing = new HashSet<>(shown);
    missing.removeAll(stored);
    Set<String> extra = new HashSet<>(stored);
    extra.removeAll(shown);
    assertThat(missing)
        .as("%s: %s that are missing, while there are %s", story, what, extra)
        .isEmpty();
    assertThat(extra).as("%s: %s that should not be there", story, what).isEmpty();
  }

  private static <T> Set<String> words(Collection<T> all, Function<T, String> row) {
    return all.stream().map(row).collect(Collectors.toSet());
  }

  private static String words(@Nullable Object... parts) {
    return Stream.of(parts).map(String::valueOf).collect(Collectors.joining(" "));
  }
}
