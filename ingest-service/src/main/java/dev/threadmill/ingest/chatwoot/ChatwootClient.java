package dev.threadmill.ingest.chatwoot;

import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one Chatwoot account. Safe for many threads. */
public final class ChatwootClient {
  /** As many rows as the server gives for a window of ids; that many may be not all. */
  static final int WINDOW_LIMIT = 1000;

  /** So much of an answer is kept in memory; the rest of its window is asked for again. */
  private static final long WINDOW_BYTES = 2L << 20;

  private final ChatwootAccount account;
  private final ChatwootHttp http;
  private final String root;

  ChatwootClient(ChatwootAccount account, ChatwootHttp http) {
    this.account = account;
    this.http = http;
    this.root = "/api/v1/accounts/" + account.accountId();
  }

  /** How many requests this client made, repeated ones too. */
  public long requests() {
    return http.requests();
  }

  /** The server's clock, as far as its answers tell it, to about a second. */
  public Instant serverNow() {
    return http.serverNow();
  }

  /** What to call the token where something is wrong with it. */
  public String tokenName() {
    return account.tokenName();
  }

  /** What the token may see; a refused token is {@link Kind#UNAUTHORIZED}. */
  public Access access() throws ChatwootException {
    try {
      return http.get(
          "/api/v1/profile",
          json -> Access.of(PayloadReader.JSON.readTree(json), account.accountId()));
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.NOT_FOUND || failure.kind() == Kind.REFUSED) {
        return Access.UNKNOWN;
      }
      throw failure;
    }
  }

  /**
   * One page of all conversations, of every status.
   *
   * @param page from 1; past the last one the answer is empty
   */
  public ConversationPage conversations(ConversationSort sort, int page) throws ChatwootException {
    List<ConversationPayload> rows = new ArrayList<>();
    String path = "/conversations?status=all&sort_by=" + sort.parameter() + "&page=" + page;
    // A page that breaks off is read again from its beginning.
    return list(path, rows::clear, rows::add, rows);
  }

  /**
   * All conversations that changed within the last seconds of the server's clock, in one answer of
   * any size, handed over while it arrives; some twice, when the answer breaks off and is read
   * again. A server that knows the parameter turns paging off for it; one that does not gives the
   * page that was asked for.
   *
   * @param page far behind the last one, so that rows prove the parameter known; or 1
   * @return without rows
   */
  public ConversationPage updatedWithin(
      long seconds, int page, Consumer<ConversationPayload> consumer) throws ChatwootException {
    String path = "/conversations?status=all&page=%d&updated_within=%d".formatted(page, seconds);
    return list(path, () -> {}, consumer, List.of());
  }

  private ConversationPage list(
      String path,
      Runnable start,
      Consumer<ConversationPayload> consumer,
      List<ConversationPayload> rows)
      throws ChatwootException {
    return http.get(
        root + path,
        json -> {
          start.run();
          List<Long> unusable = new ArrayList<>();
          JsonNode meta =
              new PayloadReader(
                      row -> {
                        Optional<ConversationPayload> usable = usable(row);
                        usable.ifPresentOrElse(
                            consumer, () -> unusable.add(row.path("id").asLong(0)));
                      })
                  .read(json);
          return new ConversationPage(rows, unusable, allCount(meta));
        });
  }

  private static Optional<ConversationPayload> usable(JsonNode row) {
    try {
      return Optional.of(ConversationPayload.of(row));
    } catch (ChatwootException malformed) {
      return Optional.empty();
    }
  }

  /** The account's inboxes; an agent's token shows that agent's only. */
  public List<InboxPayload> inboxes() throws ChatwootException {
    List<InboxPayload> inboxes = new ArrayList<>();
    http.get(
        root + "/inboxes",
        json -> {
          inboxes.clear();
          return new PayloadReader(row -> InboxPayload.of(row).ifPresent(inboxes::add)).read(json);
        });
    return inboxes;
  }

  /**
   * One page of the contacts that have an e-mail address, a phone number or an identifier; the list
   * leaves out all others.
   *
   * @param page from 1; past the last one the answer is empty
   */
  public ContactPage contacts(ContactSort sort, int page) throws ChatwootException {
    List<ContactPayload> rows = new ArrayList<>();
    JsonNode meta =
        http.get(
            "%s/contacts?include_contact_inboxes=false&sort=%s&page=%d"
                .formatted(root, sort.parameter(), page),
            json -> {
              rows.clear();
              return new PayloadReader(
                      row -> ContactPayload.of(CleanText.clean(row)).ifPresent(rows::add))
                  .read(json);
            });
    JsonNode count = meta.path("count");
    return new ContactPage(rows, count.isIntegralNumber() ? count.longValue() : null);
  }

  /** One contact, or empty when there is none: deleted, or merged into another. */
  public Optional<ContactPayload> contact(long id) throws ChatwootException {
    try {
      return Optional.of(
          http.get(
              "%s/contacts/%d?include_contact_inboxes=false".formatted(root, id),
              json ->
                  ContactPayload.of(
                          CleanText.clean(PayloadReader.JSON.readTree(json)).path("payload"))
                      .orElseThrow(
                          () ->
                              new ChatwootException(
                                  Kind.MALFORMED, "contact " + id + " lacks a usable id"))));
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** One conversation, or empty when there is none. */
  public Optional<ConversationPayload> conversation(long id) throws ChatwootException {
    try {
      return Optional.of(
          http.get(
              root + "/conversations/" + id,
              json -> ConversationPayload.of(PayloadReader.JSON.readTree(json))));
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * The messages of a conversation with {@code from <= id < before}: the one read that can prove
   * itself complete.
   */
  public MessageSelection messages(long conversationId, long from, long before)
      throws ChatwootException {
    List<MessagePayload> rows = new ArrayList<>();
    String path =
        "%s/conversations/%d/messages?after=%d&before=%d"
            .formatted(root, conversationId, from, before);
    try {
      http.get(
          path,
          json -> {
            rows.clear();
            return new PayloadReader(
                    row -> {
                      rows.add(MessagePayload.of(row));
                      if (rows.size() > 1
                          && json.currentLocation().getByteOffset() > WINDOW_BYTES) {
                        throw new ChatwootException(
                            Kind.BODY_TOO_LARGE, "the answer is too large to be read at once");
                      }
                    })
                .read(json);
          });
      return new MessageSelection(rows, rows.size() < WINDOW_LIMIT);
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.BODY_TOO_LARGE && rows.size() > 1) {
        return new MessageSelection(rows, false);
      }
      throw failure;
    }
  }

  private static @Nullable Long allCount(JsonNode meta) {
    JsonNode count = meta.path("all_count");
    return count.isIntegralNumber() ? count.longValue() : null;
  }
}
