package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an answer holds, what of it filters let through, how fresh it is and what it costs. */
@GatewayTest
class SearchIT extends Searches {
  @Autowired private DataSource database;

  /** Wherever the server compiles dear statements by itself, which is what it does by default. */
  @Test
  void the_server_compiles_no_statement_of_ours() {
    assertThat(
            jdbc.sql("select setting || ', by ' || source from pg_settings where name = 'jit'")
                .query(String.class)
                .single())
        .isEqualTo("off, by session");
  }

  @Test
  void a_hit_links_to_its_message_in_chatwoot() {
    long conversation = rows.conversation("resolved", "refund");
    long message = rows.message(conversation, "outgoing", false, "0");
    rows.chunk(conversation, message, 0, "we sent the money back", true);

    JsonNode hit = search("money back").path(0);

    assertThat(hit.path("link").asString())
        .isEqualTo(
            "https://chat.example.com/app/accounts/%d/conversations/%d?messageId=%d"
                .formatted(rows.account(), conversation, message));
    assertThat(hit.path("sender").asString()).isEqualTo("agent");
    assertThat(hit.path("conversation_status").asString()).isEqualTo("resolved");
    assertThat(hit.path("labels").path(0).asString()).isEqualTo("refund");
  }

  @Test
  void a_message_of_several_chunks_is_one_hit() {
    long conversation = rows.conversation("open");
    long message = rows.message(conversation, "incoming", false, "0");
    for (int i = 0; i < 3; i++) {
      rows.chunk(conversation, message, i, "refund part " + i, true);
    }

    assertThat(search("refund part").size()).isEqualTo(1);
  }

  @Test
  void nothing_private_deleted_or_of_another_project_is_found() {
    long conversation = rows.conversation("open");
    rows.chunk(
        conversation,
        rows.message(conversation, "outgoing", true, "0"),
        0,
        "lighthouse private",
        true);
    long deleted = rows.found("lighthouse deleted");
    rows.delete(deleted);
    new Rows(jdbc).found("lighthouse foreign");

    assertThat(search("lighthouse").size()).isZero();
  }

  @Test
  void filters_let_through_what_they_say() {
    long open = rows.conversation("open", "vip");
    long customers = rows.message(open, "incoming", false, "-2 days");
    long agents = rows.message(open, "outgoing", false, "0");
    long resolved = rows.message(rows.conversation("resolved"), "incoming", false, "0");
    rows.chunk(open, customers, 0, "teapot one", true);
    rows.chunk(open, agents, 0, "teapot two", true);
    rows.chunk(open + 0, rows.message(open, "incoming", false, "0"), 0, "unrelated", true);
    long resolvedConversation =
        jdbc.sql(
                "select conversation_id from cw_conversations where project_id = :p and status ="
                    + " 'resolved'")
            .param("p", rows.project)
            .query(Long.class)
            .single();
    rows.chunk(resolvedConversation, resolved, 0, "teapot three", true);
    String yesterday = java.time.Instant.now().minusSeconds(86_400).toString();

    assertThat(found(Map.of("status", "resolved"))).containsExactly(resolved);
    assertThat(found(Map.of("label", "vip", "sender", "agent"))).containsExactly(agents);
    assertThat(found(Map.of("conversation_id", open, "created_before", yesterday)))
        .containsExactly(customers);
    assertThat(found(Map.of("created_after", yesterday, "sender", "contact", "status", "resolved")))
        .containsExactly(resolved);
    jdbc.sql(
            """
            with contact as (
              insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
              values ('cwc:' || :project || ':1:77', :project, :source, 1, 77, '{}') returning global_id)
            update cw_conversations set contact_global_id = contact.global_id from contact
            where project_id = :project and status = 'resolved'
            """)
        .param("project", rows.project)
        .param("source", rows.source)
        .update();
    assertThat(found(Map.of("contact_id", 77))).containsExactly(resolved);
    assertThat(found(Map.of("contact_id", 78))).isEmpty();
    assertThat(found(Map.of("inbox_id", 8))).isEmpty();
    assertThat(found(Map.of("channel", "Channel::Api"))).isEmpty();
  }

  @Test
  void what_a_question_cost_is_counted_for_its_project() {
    rows.found("a barrel for the rain");

    search("barrel for rain");
    search("barrel for rain");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        jdbc.sql(
                                """
                                select requests || ' ' || inputs || ' ' || (tokens > 0) || ' ' || (cost_usd > 0)
                                from embedding_usage where project_id = :project and model = 'text-embedding-3-small'
                                """)
                            .param("project", rows.project)
                            .query(String.class)
                            .list())
                    .containsExactly("2 2 true true"));
  }

  @Test
  void the_answer_tells_how_fresh_it_is() {
    long conversation = rows.conversation("open");
    rows.chunk(
        conversation,
        rows.message(conversation, "incoming", false, "0"),
        0,
        "not yet embedded",
        false);

    JsonNode answer = caller.post("/search", Map.of("query", "embedded")).json();

    assertThat(answer.path("pending").asInt()).isEqualTo(1);
    assertThat(java.time.Instant.parse(answer.path("as_of").asString())).isNotNull();
    assertThat(answer.path("hits").size()).as("found by its words").isEqualTo(1);
  }

  @Test
  void the_answer_tells_since_when_all_sources_are_complete() {
    assertThat(caller.post("/search", Map.of("query", "x")).json().path("synced_as_of").isNull())
        .isTrue();
    complete();

    assertThat(caller.post("/search", Map.of("query", "x")).json().path("synced_as_of").asString())
        .isEqualTo("2026-11-24T09:00:00Z");
  }

  @Test
  void what_is_stored_while_a_search_goes_on_makes_its_answer_no_fresher() throws SQLException {
    rows.found("a trellis for the roses");
    JsonNode answer;
    try (var connection = database.getConnection()) {
      lock(connection, "rag_words");
      var search =
          CompletableFuture.supplyAsync(
              () -> caller.post("/search", Map.of("query", "a trellis for the roses")).json());
      awaitWaiting("rag_words", 1);
      complete();
      connection.rollback();
      answer = search.join();
    }

    assertThat(answer.path("hits").size()).isOne();
    assertThat(answer.path("synced_as_of").isNull()).isTrue();
  }

  private void complete() {
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, meta)
            values (:project, 'chatwoot:' || :account, '{"complete_as_of": "2026-11-24T09:00:00Z"}')
            """)
        .param("project", rows.project)
        .param("account", rows.account())
        .update();
  }

  @Test
  void a_hit_shows_its_words_and_on_request_what_was_said_around_it() {
    long conversation = rows.conversation("open");
    long[] messages = new long[5];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = rows.message(conversation, i % 2 == 0 ? "incoming" : "outgoing", i == 1, "0");
    }
    rows.message(conversation, "activity", false, "0");
    jdbc.sql("update cw_messages set content = 'said ' || message_id where project_id = :project")
        .param("project", rows.project)
        .update();
    rows.chunk(conversation, messages[2], 0, "The lamp of order R-77 broke; lamps break", true);

    JsonNode hit =
        caller
            .post("/search", Map.of("query", "my LAMP, order R-77", "neighbours", 2))
            .json()
            .path("hits")
            .path(0);

    assertThat(hit.path("highlights").toString())
        .isEqualTo("[{\"start\":4,\"end\":8},{\"start\":12,\"end\":17},{\"start\":18,\"end\":22}]");
    assertThat(ids(hit.path("neighbours").path("before"))).containsExactly(messages[0]);
    assertThat(ids(hit.path("neighbours").path("after"))).containsExactly(messages[3], messages[4]);
    JsonNode next = hit.path("neighbours").path("after").path(0);
    assertThat(next.path("text").asString()).isEqualTo("said " + messages[3]);
    assertThat(next.path("sender").asString()).isEqualTo("agent");
    assertThat(search("lamp").path(0).path("neighbours").isNull()).isTrue();
    assertThat(caller.post("/search", Map.of("query", "lamp", "neighbours", 6)).status())
        .isEqualTo(400);
  }

  /** Messages about teapots that pass the filters. */
  private List<Long> found(Map<String, ?> filters) {
    Map<String, Object> body = new HashMap<>(filters);
    body.put("query", "teapot");
    return caller
        .post("/search", body)
        .json()
        .path("hits")
        .valueStream()
        .filter(hit -> hit.path("text").asString().startsWith("teapot"))
        .map(hit -> hit.path("message_id").asLong())
        .toList();
  }
}
