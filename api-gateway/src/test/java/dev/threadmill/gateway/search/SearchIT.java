package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.localstack.openai.Trouble;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class SearchIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @Test
  void a_message_is_found_by_an_exact_token_among_others_that_are_nearer_in_words() {
    for (int i = 0; i < 60; i++) {
      rows.found("please send the invoice of order B-" + (1000 + i) + " again");
    }
    long wanted = rows.found("error E-4471 when I open the report");

    JsonNode hits = search("E-4471");

    assertThat(hits.path(0).path("message_id").asLong()).isEqualTo(wanted);
    assertThat(hits.path(0).path("score_parts").path("text_rank").asInt()).isEqualTo(1);
  }

  @Test
  void the_nearest_vector_is_found_without_any_word_in_the_index() {
    rows.found("completely different subject about gardening");
    long wanted = rows.found("the parcel arrived damaged");
    jdbc.sql(
            "update rag_chunks set text = 'x', text_hash = repeat('0', 64) where project_id = :project")
        .param("project", rows.project)
        .update();

    JsonNode hit = search("the parcel arrived damaged").path(0);

    assertThat(hit.path("message_id").asLong()).isEqualTo(wanted);
    assertThat(hit.path("score_parts").path("vector_rank").asInt()).isEqualTo(1);
    assertThat(hit.path("score_parts").path("similarity").asDouble()).isGreaterThan(0.99);
    assertThat(hit.path("score_parts").path("text_rank").isNull()).isTrue();
  }

  @Test
  void what_is_nearest_in_meaning_comes_before_what_shares_chance_words() {
    long wanted = rows.found("parcel never arrived and the customer waits");
    for (int i = 0; i < 10; i++) {
      jdbc.sql(
              "update rag_chunks set text = :text where message_global_id = 'cwmsg:' || :project || ':1:' || :id")
          .param("text", "money for the customer who wants a parcel, back again " + i)
          .param("project", rows.project.toString())
          .param("id", rows.found("gardening in spring " + i))
          .update();
    }

    JsonNode hits = search("parcel never arrived and the customer waits");

    assertThat(hits.path(0).path("message_id").asLong()).isEqualTo(wanted);
    JsonNode inAnotherWording = search("parcel never arrived and the customer waits, wants money");
    assertThat(inAnotherWording.path(0).path("score_parts").path("vector_rank").asInt()).isOne();
  }

  @Test
  void a_code_is_found_although_the_sentence_around_it_is_not() {
    for (int i = 0; i < 60; i++) {
      rows.found("where is my order, it should have come long ago " + (1000 + i));
    }
    long wanted = rows.found("label printed for R-18385");

    assertThat(search("where is my order R-18385, it should have come"))
        .anySatisfy(hit -> assertThat(hit.path("message_id").asLong()).isEqualTo(wanted));
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
                "select conversation_id from cw_conversations where project_id = :p and status = 'resolved'")
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
    assertThat(found(Map.of("inbox_id", 8))).isEmpty();
    assertThat(found(Map.of("channel", "Channel::Api"))).isEmpty();
  }

  @Test
  void without_the_provider_words_alone_answer_and_the_answer_says_so() {
    long wanted = rows.found("umbrella stand");
    try (var trouble = GatewayServers.PROVIDER.troubles().add(Trouble.status(503).always())) {
      JsonNode answer = caller.post("/search", Map.of("query", "umbrella")).json();

      assertThat(answer.path("hits").path(0).path("message_id").asLong()).isEqualTo(wanted);
      assertThat(answer.path("degraded").path("code").asString()).isEqualTo("status_503");
      assertThat(trouble.hits()).isPositive();
    }
    assertThat(caller.post("/search", Map.of("query", "umbrella")).json().path("degraded").isNull())
        .isTrue();
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
  void rows_of_another_model_are_not_compared() {
    rows.found("a vector of another space");
    jdbc.sql("update rag_chunks set embedding_model = 'another' where project_id = :project")
        .param("project", rows.project)
        .update();

    JsonNode hit = search("a vector of another space").path(0);

    assertThat(hit.path("score_parts").path("vector_rank").isNull()).isTrue();
  }

  private JsonNode search(String query) {
    return caller.post("/search", Map.of("query", query)).json().path("hits");
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
