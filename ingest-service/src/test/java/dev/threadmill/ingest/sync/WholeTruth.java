package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.ingest.chatwoot.CleanText;
import dev.threadmill.ingest.text.Chunk;
import dev.threadmill.ingest.text.Chunker;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.Sender;
import dev.threadmill.localstack.chatwoot.account.Truth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every row and every column that the account decides on. */
record WholeTruth(
    JdbcClient jdbc, ChatwootSimulator chatwoot, Chunker chunker, boolean mayHoldGone) {
  WholeTruth(JdbcClient jdbc, ChatwootSimulator chatwoot, Chunker chunker) {
    this(jdbc, chatwoot, chunker, false);
  }

  void assertStored(long seed) {
    assertConversationsStored(seed);
    assertContacts(seed, chatwoot.truth());
    assertInboxes(seed);
    new ShownData(jdbc, chatwoot).assertStored(seed);
  }

  /** With their messages and chunks. */
  void assertConversationsStored(long seed) {
    Truth truth = chatwoot.truth();
    assertConversations(seed, truth);
    assertMessages(seed, truth);
    assertChunks(seed, truth);
    assertNothingLeftOfWhatIsGone(seed);
  }

  /** The same where conversations that are gone there without a trace may still be stored. */
  void assertConversationsShown(long seed) {
    new WholeTruth(jdbc, chatwoot, chunker, true).assertConversationsStored(seed);
  }

  private void assertConversations(long seed, Truth truth) {
    compare(
        "seed " + seed + ": conversations",
        0,
        rows(
            """
                select concat_ws(' ', conversation_id, uuid, status, inbox_id, coalesce(priority, '-'),
                  array_to_string(labels, ','), coalesce(assignee_id, 0), coalesce(assignee_name, '-'),
                  coalesce(team_id, 0),
                  split_part(contact_global_id, ':', 4), extract(epoch from created_at)::bigint,
                  extract(epoch from last_activity_at)::bigint,
                  coalesce(extract(epoch from first_reply_created_at)::bigint, 0),
                  coalesce(extract(epoch from waiting_since)::bigint, 0),
                  coalesce(extract(epoch from snoozed_until)::bigint, 0), coalesce(data -> 'custom_attributes' ->> 'order', '-'))
                from cw_conversations where deleted_at is null
                """),
        truth.conversations().stream().map(this::conversation).collect(Collectors.toSet()));
  }

  private String conversation(Conversation c) {
    Desk.Agent assignee = chatwoot.account().desk().findAgent(c.assigneeId());
    return words(
        c.id(),
        c.uuid(),
        c.status(),
        c.inboxId(),
        orDash(c.priority()),
        String.join(",", c.labels()),
        c.assigneeId() == null ? 0 : c.assigneeId(),
        assignee == null ? "-" : assignee.name(),
        c.teamId() == null ? 0 : c.teamId(),
        c.contactId(),
        c.createdAt().getEpochSecond(),
        c.lastActivityAt().getEpochSecond(),
        second(c.firstReplyCreatedAt()),
        second(c.waitingSince()),
        second(c.snoozedUntil()),
        c.customAttributes().getOrDefault("order", "-"));
  }

  private void assertMessages(long seed, Truth truth) {
    compare(
        "seed " + seed + ": messages",
        1,
        rows(
            """
                select concat_ws(' ', m.message_id, c.conversation_id, m.message_type, m.content_type, m.private,
                  m.status, extract(epoch from m.created_at)::bigint, coalesce(m.sender_type, '-'),
                  coalesce(m.sender_id, 0), m.deleted_at is not null, coalesce(m.content, '-'))
                from cw_messages m join cw_conversations c on c.global_id = m.conversation_global_id
                where c.deleted_at is null and (m.deleted_at is null or m.data <> '{}')
                """),
        truth.messages().stream().map(m -> message(truth, m)).collect(Collectors.toSet()));
  }

  private static String message(Truth truth, Message m) {
    Sender sender = shown(truth, m.sender());
    return words(
        m.id(),
        m.conversationId(),
        m.type().name().toLowerCase(Locale.ROOT),
        m.contentType(),
        m.isPrivate() ? "t" : "f",
        m.status(),
        m.createdAt().getEpochSecond(),
        sender == null ? "-" : sender.kind().name().toLowerCase(Locale.ROOT),
        sender == null ? 0 : sender.id(),
        m.deleted() ? "t" : "f",
        content(m) == null ? "-" : content(m));
  }

  /** A sender who was removed is not shown. */
  private static @Nullable Sender shown(Truth truth, @Nullable Sender sender) {
    boolean gone =
        sender != null
            && sender.kind() == Sender.Kind.CONTACT
            && truth.contacts().stream().noneMatch(c -> c.id() == sender.id());
    return gone ? null : sender;
  }

  private static @Nullable String content(Message m) {
    return m.deleted() || m.isPrivate() || m.content() == null || m.content().isEmpty()
        ? null
        : CleanText.clean(m.content());
  }

  private void assertContacts(long seed, Truth truth) {
    Set<String> all =
        truth.contacts().stream().map(WholeTruth::contact).collect(Collectors.toSet());
    Set<Long> talking = new HashSet<>();
    truth.conversations().forEach(c -> talking.add(c.contactId()));
    Set<String> stored =
        rows(
            """
            select concat_ws(' ', contact_id, coalesce(name, '-'), coalesce(email, '-'), coalesce(phone_number, '-'),
              coalesce(identifier, '-'), blocked)
            from cw_contacts where deleted_at is null
            """);
    assertThat(all).as("seed %d: contacts that are there", seed).containsAll(stored);
    assertThat(stored)
        .as("seed %d: contacts that the account shows", seed)
        .containsAll(
            truth.contacts().stream()
                .filter(c -> c.listed() || talking.contains(c.id()))
                .map(WholeTruth::contact)
                .toList());
  }

  private static String contact(Contact c) {
    return words(
        c.id(),
        orDash(c.name()),
        orDash(c.email()),
        orDash(c.phoneNumber()),
        orDash(c.identifier()),
        c.blocked() ? "t" : "f");
  }

  /** Whoever the contact list shows has a row; edits of contacts move no list. */
  void assertListedContactsKnown(long seed) {
    assertThat(rows("select contact_id::text from cw_contacts where deleted_at is null"))
        .as("seed %d: contacts that the list shows", seed)
        .containsAll(
            chatwoot.truth().contacts().stream()
                .filter(Contact::listed)
                .map(contact -> Long.toString(contact.id()))
                .toList());
  }

  private void assertInboxes(long seed) {
    same(
        "seed " + seed + ": inboxes",
        rows("select inbox_id || ' ' || name from cw_inboxes where deleted_at is null"),
        chatwoot.account().desk().inboxes().stream()
            .map((Desk.Inbox inbox) -> inbox.id() + " " + inbox.name())
            .collect(Collectors.toSet()));
  }

  private void assertChunks(long seed, Truth truth) {
    compare(
        "seed " + seed + ": chunks",
        1,
        rows(
            """
                select split_part(message_global_id, ':', 4) || ' ' || split_part(conversation_global_id, ':', 4)
                  || ' ' || chunk_index || ' ' || text_hash || ' ' || text from rag_chunks
                """),
        truth.messages().stream().flatMap(this::chunks).collect(Collectors.toSet()));
  }

  private Stream<String> chunks(Message m) {
    boolean spoken = List.of(MessageType.INCOMING, MessageType.OUTGOING).contains(m.type());
    String content = content(m);
    if (!spoken || m.isPrivate() || content == null) {
      return Stream.of();
    }
    return chunker.cut(content).stream().map(chunk -> chunk(m, chunk));
  }

  private static String chunk(Message m, Chunk chunk) {
    return words(m.id(), m.conversationId(), chunk.index(), chunk.hash(), chunk.text());
  }

  private void assertNothingLeftOfWhatIsGone(long seed) {
    assertThat(
            rows(
                """
                select 'message ' || global_id from cw_messages where deleted_at is not null and content is not null
                union all
                select 'conversation ' || global_id from cw_conversations
                where deleted_at is not null and (data <> '{}' or assignee_name is not null)
                union all
                select 'contact ' || global_id from cw_contacts
                where deleted_at is not null and (data <> '{}' or coalesce(name, email, phone_number) is not null)
                """))
        .as("seed %d: content of what is gone", seed)
        .isEmpty();
  }

  /**
   * @param conversation which word of a row is its conversation
   */
  private void compare(String what, int conversation, Set<String> stored, Set<String> shown) {
    Set<String> there =
        chatwoot.truth().conversations().stream()
            .map(one -> Long.toString(one.id()))
            .collect(Collectors.toSet());
    Set<String> compared =
        stored.stream()
            .filter(row -> !mayHoldGone || there.contains(row.split(" ", 4)[conversation]))
            .collect(Collectors.toSet());
    same(what, compared, shown);
  }

  static void same(String what, Set<String> stored, Set<String> shown) {
    List<String> differences = new ArrayList<>();
    shown.stream()
        .filter(row -> !stored.contains(row))
        .forEach(row -> differences.add("missing " + row));
    stored.stream()
        .filter(row -> !shown.contains(row))
        .forEach(row -> differences.add("extra " + row));
    assertThat(differences).as(what).isEmpty();
  }

  private static long second(@Nullable Instant time) {
    return time == null ? 0 : time.getEpochSecond();
  }

  private static String orDash(@Nullable String text) {
    return text == null ? "-" : text;
  }

  private static String words(Object... parts) {
    return Stream.of(parts).map(String::valueOf).collect(Collectors.joining(" "));
  }

  private Set<String> rows(String sql) {
    return Set.copyOf(jdbc.sql(sql).query(String.class).list());
  }
}
