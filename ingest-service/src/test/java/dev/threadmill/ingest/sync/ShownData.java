package dev.threadmill.ingest.sync;

import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the account's interface shows of each row, less what is documented to be left out, beside
 * the row's {@code data}.
 */
record ShownData(JdbcClient jdbc, ChatwootSimulator chatwoot) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  void assertStored(long seed) {
    List<Long> ids = ids("select conversation_id from cw_conversations where deleted_at is null");
    Set<String> conversations = new HashSet<>();
    Set<String> messages = new HashSet<>();
    for (long id : ids) {
      conversations.add(row(id, conversation(get("conversations/" + id))));
      get("conversations/%d/messages?after=0&before=%d".formatted(id, Long.MAX_VALUE))
          .path("payload")
          .forEach(shown -> messages.add(row(shown.path("id").asLong(), message(shown))));
    }
    WholeTruth.same(
        "seed " + seed + ": data of conversations",
        stored("select conversation_id as id, data from cw_conversations where deleted_at is null"),
        conversations);
    WholeTruth.same(
        "seed " + seed + ": data of messages",
        stored(
            """
            select m.message_id as id, m.data
            from cw_messages m join cw_conversations c on c.global_id = m.conversation_global_id
            where c.deleted_at is null and (m.deleted_at is null or m.data <> '{}')
            """),
        messages);
    assertContacts(seed);
  }

  /** Senders of messages are shown with less than others, so what is stored may be a part. */
  private void assertContacts(long seed) {
    Set<String> shown = new HashSet<>();
    jdbc.sql("select contact_id, data from cw_contacts where deleted_at is null")
        .query(
            row -> {
              long id = row.getLong("contact_id");
              ObjectNode contact = contact(get("contacts/" + id).path("payload"));
              Set<String> names = Set.copyOf(JSON.readTree(row.getString("data")).propertyNames());
              shown.add(row(id, contact.retain(names)));
            });
    WholeTruth.same(
        "seed " + seed + ": data of contacts",
        stored("select contact_id as id, data from cw_contacts where deleted_at is null"),
        shown);
  }

  /** Without messages and people, and what moves without a change of the conversation. */
  private static ObjectNode conversation(JsonNode shown) {
    ObjectNode data = (ObjectNode) shown.deepCopy();
    data.remove(
        List.of(
            "messages",
            "last_non_activity_message",
            "unread_count",
            "agent_last_seen_at",
            "assignee_last_seen_at",
            "contact_last_seen_at",
            "can_reply"));
    data.withObject("/meta").remove("sender");
    if (data.path("meta").path("assignee") instanceof ObjectNode assignee) {
      assignee.remove(List.of("availability_status", "thumbnail", "avatar_url"));
    }
    return data;
  }

  /** Without the text, and of a private or deleted one without whatever says what it said. */
  private static ObjectNode message(JsonNode shown) {
    ObjectNode data = (ObjectNode) shown.deepCopy();
    boolean deleted = shown.path("content_attributes").path("deleted").asBoolean(false);
    data.remove(List.of("content", "processed_message_content", "conversation_id"));
    if (data.path("sender") instanceof ObjectNode sender) {
      sender.retain("id", "type", "name");
    }
    if (deleted || shown.path("private").asBoolean()) {
      data.remove(List.of("content_attributes", "attachments"));
    }
    if (deleted) {
      data.putObject("content_attributes").put("deleted", true);
    }
    return data;
  }

  /** Without what changes by itself. */
  private static ObjectNode contact(JsonNode shown) {
    ObjectNode data = (ObjectNode) shown.deepCopy();
    data.remove(List.of("availability_status", "type", "contact_inboxes"));
    return data;
  }

  private Set<String> stored(String sql) {
    return jdbc
        .sql(sql)
        .query((row, n) -> row(row.getLong("id"), JSON.readTree(row.getString("data"))))
        .list()
        .stream()
        .collect(Collectors.toSet());
  }

  private List<Long> ids(String sql) {
    return jdbc.sql(sql).query(Long.class).list();
  }

  /** One form for both sides, for PostgreSQL has an order of names of its own. */
  private static String row(long id, JsonNode data) {
    return id + " " + sorted(JSON.treeToValue(data, Object.class));
  }

  private static Object sorted(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, String> copy = new TreeMap<>();
        map.forEach((name, inner) -> copy.put(name.toString(), text(inner)));
        yield copy;
      }
      case List<?> list -> list.stream().map(ShownData::text).toList();
      default -> value;
    };
  }

  private static String text(Object value) {
    return value == null ? "null" : sorted(value).toString();
  }

  private JsonNode get(String path) {
    URI address =
        URI.create(
            "%s/api/v1/accounts/%d/%s"
                .formatted(chatwoot.baseUrl(), ChatwootSimulator.ACCOUNT_ID, path));
    try {
      var answer =
          HTTP.send(
              HttpRequest.newBuilder(address)
                  .header("api_access_token", ChatwootSimulator.ADMIN_TOKEN)
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError("%s answers %d".formatted(path, answer.statusCode()));
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
