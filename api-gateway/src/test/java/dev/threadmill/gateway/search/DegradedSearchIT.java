package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.localstack.openai.Trouble;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What is found where something fails, takes too long or is not there, and how answers say so. */
@GatewayTest
class DegradedSearchIT extends Searches {
  @Autowired private DataSource database;
  @Autowired private EmbeddingProvider provider;

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
  void a_provider_that_the_workers_found_away_is_not_asked() {
    long wanted = rows.found("a candle for the window");
    jdbc.sql(
            """
            insert into provider_budgets (account, model, hold_kind, hold_code, hold_reason, held_until)
            values (:account, :model, 'unavailable', 'unreachable', 'the provider can''t be reached',
              now() + interval '1 hour')
            on conflict (account, model) do update
            set hold_kind = 'unavailable', hold_code = 'unreachable', hold_reason = excluded.hold_reason,
                held_until = excluded.held_until
            """)
        .param("account", provider.account())
        .param("model", provider.model().name())
        .update();
    try {
      try (var trouble = GatewayServers.PROVIDER.troubles().add(Trouble.status(503).always())) {
        JsonNode answer = caller.post("/search", Map.of("query", "candle")).json();

        assertThat(answer.at("/hits/0/message_id").asLong()).isEqualTo(wanted);
        assertThat(answer.at("/degraded/code").asString()).isEqualTo("unreachable");
        assertThat(trouble.hits()).isZero();
      }
      jdbc.sql("update provider_budgets set held_until = now()").update();
      assertThat(caller.post("/search", Map.of("query", "candle")).json().path("degraded").isNull())
          .as("the hold is over")
          .isTrue();
    } finally {
      jdbc.sql("delete from provider_budgets").update();
    }
  }

  @Test
  void what_takes_too_long_is_left_out_and_the_answer_says_so() throws SQLException {
    long wanted = rows.found("a lantern for the terrace");
    JsonNode answer;
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table rag_words in access exclusive mode");

      answer = caller.post("/search", Map.of("query", "a lantern for the terrace")).json();

      connection.rollback();
    }
    assertThat(answer.path("hits").path(0).path("message_id").asLong()).isEqualTo(wanted);
    assertThat(answer.path("degraded").path("code").asString()).isEqualTo("search_too_slow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rag_vectors", "rag_words"})
  void what_was_found_before_the_time_was_up_is_answered(String table) throws SQLException {
    long wanted = rows.found("a hammock for the balcony");
    // Behind an index a second look is taken where the first one finds few.
    rows.found("something else altogether");
    rows.seal(0, 1);
    jdbc.sql(
            """
            insert into project_vector_spaces (project_id, model_id)
            select :project, id from embedding_models where name = 'text-embedding-3-small'
            """)
        .param("project", rows.project)
        .update();
    JsonNode answer;
    try (var first = database.getConnection();
        var second = database.getConnection()) {
      lock(first, table);
      var search =
          CompletableFuture.supplyAsync(
              () -> caller.post("/search", Map.of("query", "a hammock for the balcony")).json());
      awaitWaiting(table, 1);
      // In the queue behind the first look at the table, and before the second one.
      var locked = CompletableFuture.runAsync(() -> lock(second, table));
      awaitWaiting(table, 2);
      first.rollback();
      answer = search.join();
      locked.join();
      second.rollback();
    }

    boolean byWords = table.equals("rag_words");
    JsonNode hit = answer.path("hits").path(0);
    assertThat(hit.path("message_id").asLong()).isEqualTo(wanted);
    assertThat(hit.at(byWords ? "/score_parts/text_rank" : "/score_parts/vector_rank").asInt())
        .isOne();
    assertThat(answer.at("/degraded/code").asString()).isEqualTo("search_too_slow");
    assertThat(answer.at("/degraded/reason").asString())
        .startsWith(
            byWords
                ? "Not looked for by other forms of the words, nor by some of them: "
                : "Not all was looked for by meaning: ");
  }

  /** A quarter of the pool's connections, two of ten. */
  @Test
  void searches_of_one_project_take_few_connections_and_the_others_are_answered()
      throws SQLException {
    rows.found("a ladder for the attic");
    Caller other = caller.of(new Rows(jdbc).project);
    List<CompletableFuture<Answer>> searches;
    try (var connection = database.getConnection();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      lock(connection, "rag_words");
      searches =
          Stream.generate(() -> CompletableFuture.supplyAsync(this::searchForLadders, threads))
              .limit(30)
              .toList();
      awaitWaiting("rag_words", 2);

      // Not the status, which asks for the size of the table that is locked.
      assertThat(other.get("/conversations").status()).isEqualTo(200);

      await().until(() -> searches.stream().anyMatch(CompletableFuture::isDone));
      assertThat(waiting("rag_words")).isLessThanOrEqualTo(2);
      connection.rollback();
      assertThat(searches)
          .extracting(CompletableFuture::join)
          .filteredOn(answer -> answer.status() != 200)
          .isNotEmpty()
          .allSatisfy(
              refused -> {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.code()).isEqualTo("too_many_searches");
                assertThat(refused.response().headers().firstValue("Retry-After")).contains("2");
              });
    }
    assertThat(searchForLadders().json().path("degraded").isNull()).isTrue();
  }

  private Answer searchForLadders() {
    return caller.post("/search", Map.of("query", "a ladder for the attic"));
  }

  @Test
  void nothing_of_two_failures_is_hidden_by_the_other() throws SQLException {
    JsonNode answer;
    try (var trouble = GatewayServers.PROVIDER.troubles().add(Trouble.status(503).always());
        var connection = database.getConnection()) {
      rows.found("a parasol for the beach");
      lock(connection, "rag_words");

      answer = caller.post("/search", Map.of("query", "a parasol for the beach")).json();

      connection.rollback();
      assertThat(trouble.hits()).isPositive();
    }
    assertThat(answer.at("/degraded/code").asString()).isEqualTo("status_503");
    assertThat(answer.at("/degraded/reason").asString())
        .contains("Not looked for by meaning: ", "Not looked for by words: ");
  }

  @Test
  void a_project_without_vectors_is_searched_by_some_of_the_words_and_the_answer_says_so() {
    new Rows(jdbc).found("another project has vectors of this model");
    long conversation = rows.conversation("open");
    long wanted = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, wanted, 0, "the kettle whistles all day", false);

    JsonNode answer =
        caller.post("/search", Map.of("query", "why does my kettle never stop")).json();

    assertThat(answer.at("/hits/0/message_id").asLong()).isEqualTo(wanted);
    assertThat(answer.at("/degraded/code").asString()).isEqualTo("no_vectors");
  }

  @Test
  void a_former_model_that_nothing_configured_has_leaves_the_words_and_says_so() {
    long wanted = rows.found("a kettle that whistles");
    jdbc.sql(
            """
            with former as (
              insert into embedding_models (name, width) values ('gone-model', 1536)
              on conflict (name) do update set width = 1536 returning id)
            insert into project_vector_spaces (project_id, model_id) select :project, id from former
            """)
        .param("project", rows.project)
        .update();

    JsonNode answer = caller.post("/search", Map.of("query", "kettle")).json();

    assertThat(answer.path("hits").path(0).path("message_id").asLong()).isEqualTo(wanted);
    assertThat(answer.path("degraded").path("code").asString()).isEqualTo("model_not_found");
  }
}
