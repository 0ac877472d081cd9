package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.pgvector.PGvector;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.localstack.openai.Trouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class SearchIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private DataSource database;
  @Autowired private EmbeddingProvider provider;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

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
    jdbc.sql("update rag_chunks set text = 'x' where project_id = :project")
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
              "update rag_chunks set text = :text where message_global_id = 'cwmsg:' || :project ||"
                  + " ':1:' || :id")
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | The refund was promised a week ago   | refunds      | refund",
        "en | Both batteries exploded              | battery      | batteries",
        "de | Die Bestellungen sind nie angekommen | Bestellung   | Bestellungen",
        "de | Zwei Äpfel waren faul                | apfel        | Äpfel",
        "ru | Где моя посылка, жду две недели      | посылки      | посылка",
        "ru | Верните деньги за возврат            | возвратом    | возврат",
        "es | No llegaron los paquetes             | paquete      | paquetes",
        "fr | Mes commandes sont en retard         | commande     | commandes",
        "it | I pacchi sono arrivati rotti         | pacco        | pacchi",
        "nl | De bestellingen zijn kwijt           | bestelling   | bestellingen",
        "pt | As entregas atrasaram de novo        | entrega      | entregas"
      })
  void a_word_is_found_in_another_form_and_marked(
      String language, String text, String asked, String marked) {
    rows.found("something else altogether", language);
    long wanted = rows.found(text, language);

    JsonNode hit = byWords(asked).getFirst();

    assertThat(hit.path("message_id").asLong()).isEqualTo(wanted);
    assertThat(marked(hit)).containsExactly(marked);
  }

  @Test
  void what_has_the_words_as_they_were_asked_for_comes_before_other_forms_of_them() {
    long other = rows.found("refund refund refund", "en");
    long asWritten = rows.found("there have been no refunds for any of the orders", "en");
    long notRecognised = rows.found("any refunds?");

    assertThat(ids(byWords("refunds"))).hasSize(3).endsWith(other).contains(asWritten);
    assertThat(ids(byWords("refund")))
        .as("without a language words count as they are written")
        .doesNotContain(notRecognised)
        .containsExactlyInAnyOrder(other, asWritten);
  }

  @Test
  void an_order_number_and_a_code_count_as_they_are_written_beside_words_that_do_not() {
    long wanted = rows.found("orders S-4471 and S-4472 are late", "en");
    rows.found("orders T-4471 and T-4472 are late", "en");
    rows.found("order 44710 is late", "en");

    assertThat(ids(byWords("order S-4471"))).startsWith(wanted);
    assertThat(ids(byWords("order 4471"))).isEmpty();
    assertThat(marked(byWords("order S-4471").getFirst())).containsExactly("orders", "S-4471");
  }

  @Test
  void what_is_quoted_or_must_not_be_there_counts_as_it_is_written() {
    long exact = rows.found("a late delivery annoys customers", "en");
    long other = rows.found("late deliveries annoy a customer", "en");

    assertThat(ids(byWords("\"late delivery\" customer"))).containsExactly(exact);
    assertThat(ids(byWords("delivery customer -deliveries"))).containsExactly(exact);
    assertThat(ids(byWords("parcel or \"late deliveries\" customers"))).containsExactly(other);
    assertThat(ids(byWords("\"delivery late\""))).isEmpty();
  }

  @Test
  void stems_make_no_phrase_with_words_and_drop_nothing_that_a_minus_does_not_name() {
    long whole = rows.found("Parcel arrived broken", "en");
    long other = rows.found("all orders need a refund", "en");

    assertThat(ids(byWords("\"arrived broken\""))).containsExactly(whole);
    assertThat(ids(byWords("\"broken parcel\""))).isEmpty();
    assertThat(ids(byWords("refund -order"))).containsExactly(other);
    assertThat(ids(byWords("refund -orders"))).isEmpty();
  }

  /** What its words found, the best of them first: by meaning all of so few messages are found. */
  private List<JsonNode> byWords(String query) {
    return search(query)
        .valueStream()
        .filter(hit -> hit.at("/score_parts/text_rank").isNumber())
        .sorted(Comparator.comparing(hit -> hit.at("/score_parts/text_rank").asInt()))
        .toList();
  }

  private static List<String> marked(JsonNode hit) {
    String text = hit.path("text").asString();
    return hit.path("highlights")
        .valueStream()
        .map(mark -> text.substring(mark.path("start").asInt(), mark.path("end").asInt()))
        .toList();
  }

  @Test
  void
      words_that_say_nothing_in_the_texts_language_are_not_marked_unless_they_are_all_that_was_asked() {
    rows.found("the refund for the broken lamp and the shade", "en");

    assertThat(marked(search("what about the refund and the lamp").path(0)))
        .containsExactly("refund", "lamp");
    assertThat(marked(search("and the").path(0))).containsExactly("the", "the", "and", "the");
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

  private static void lock(Connection connection, String table) {
    try (var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table " + table + " in access exclusive mode");
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private void awaitWaiting(String table, long atLeast) {
    await().pollInterval(Duration.ofMillis(20)).until(() -> waiting(table) >= atLeast);
  }

  private long waiting(String table) {
    return jdbc.sql(
            "select count(*) from pg_locks where relation = :table::regclass and not granted")
        .param("table", table)
        .query(Long.class)
        .single();
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
  void a_word_that_is_too_long_to_be_looked_for_is_refused_as_such() {
    // Twice as long in lower case as written, which PostgreSQL finds out late.
    Answer answer = caller.post("/search", Map.of("query", "Ⱥ".repeat(1000)));

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
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

  @Test
  void indexed_segments_and_the_fresh_part_are_found_as_if_all_were_compared() {
    for (int i = 0; i < 120; i++) {
      rows.found("complaint number " + i + " about the delivery of order " + (i * 37 % 100));
    }
    List<Long> exact = ids(search("complaint about order 42"));
    rows.seal(0, 50);
    rows.seal(50, 80);

    assertThat(ids(search("complaint about order 42"))).isEqualTo(exact);
    assertThat(exact).hasSize(10);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(indexScans()).hasSize(2).allSatisfy(s -> assertThat(s).isPositive()));
  }

  /** How often each of the indexes of this project's segments was read. */
  private List<Long> indexScans() {
    return jdbc.sql(
            """
            select i.idx_scan from pg_stat_user_indexes i
            join vector_segments g on i.indexrelname = 'rag_vectors_hnsw_' || g.id where g.project_id = :project
            """)
        .param("project", rows.project)
        .query(Long.class)
        .list();
  }

  /** Compared by two connections, as soon as they are so many that one would take long. */
  @Test
  void the_halves_of_a_large_project_are_ranked_together() {
    List<Long> lamps = new ArrayList<>();
    for (String foot : List.of("a silver foot", "a golden foot", "a wooden foot", "a glass foot")) {
      lamps.add(rows.found("a green lamp with " + foot));
    }
    rows.found("a kettle that whistles");
    jdbc.sql(
            "insert into row_count_changes (project_id, kind, delta) values (:project, 'chunks_ready', 20000)")
        .param("project", rows.project)
        .update();

    Map<Long, Integer> ranks =
        search("a green lamp with a silver foot")
            .valueStream()
            .filter(hit -> hit.at("/score_parts/vector_rank").isNumber())
            .collect(
                Collectors.toMap(
                    hit -> hit.path("message_id").asLong(),
                    hit -> hit.at("/score_parts/vector_rank").asInt()));

    assertThat(ranks).hasSize(5).containsEntry(lamps.getFirst(), 1);
    assertThat(lamps).extracting(ranks::get).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  @Test
  void a_filter_that_leaves_few_still_finds_them_all() {
    for (int i = 0; i < 120; i++) {
      rows.found("invoice " + i + " has the wrong address");
    }
    rows.seal(0, 100);
    long resolved = rows.conversation("resolved");
    long wanted = rows.message(resolved, "incoming", false, "0");
    rows.chunk(resolved, wanted, 0, "something quite different", true);

    JsonNode hits =
        caller
            .post("/search", Map.of("query", "invoice address", "status", "resolved"))
            .json()
            .path("hits");

    assertThat(ids(hits)).containsExactly(wanted);
  }

  @Test
  void vectors_of_another_model_are_not_compared() {
    rows.found("a vector of another space");
    jdbc.sql(
            "insert into embedding_models (name, width) values ('another', 1536) on conflict do"
                + " nothing")
        .update();
    jdbc.sql(
            """
            update rag_vectors set model_id = (select id from embedding_models where name = 'another')
            where project_id = :project
            """)
        .param("project", rows.project)
        .update();

    JsonNode hit = search("a vector of another space").path(0);

    assertThat(hit.path("score_parts").path("vector_rank").isNull()).isTrue();
  }

  @Test
  void the_former_model_answers_until_the_project_is_given_to_the_new_one() {
    long wanted = rows.found("the bicycle has a flat tyre");
    rows.found("something else altogether");
    String former = "text-embedding-3-large@700";
    jdbc.sql(
            "insert into embedding_models (name, width) values (:former, 700) on conflict do"
                + " nothing")
        .param("former", former)
        .update();
    float[] vector =
        GatewayServers.PROVIDER.vectorFor(
            "text-embedding-3-large", 700, "the bicycle has a flat tyre");
    jdbc.sql(
            """
            insert into rag_vectors (chunk_id, model_id, project_id, embedding)
            select c.id, m.id, c.project_id, :vector::halfvec from rag_chunks c, embedding_models m
            where c.project_id = :project and m.name = :former and c.text like 'the bicycle%'
            """)
        .param("vector", new PGvector(vector).toString())
        .param("project", rows.project)
        .param("former", former)
        .update();
    jdbc.sql(
            """
            insert into project_vector_spaces (project_id, model_id)
            select :project, id from embedding_models where name = :former
            """)
        .param("project", rows.project)
        .param("former", former)
        .update();

    JsonNode hits = search("the bicycle has a flat tyre");

    assertThat(hits.path(0).path("message_id").asLong()).isEqualTo(wanted);
    assertThat(hits.path(0).path("score_parts").path("similarity").asDouble()).isGreaterThan(0.99);
    assertThat(hits.size()).as("the other row has no vector in this space").isEqualTo(1);
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

  private static List<Long> ids(JsonNode hits) {
    return ids(hits.valueStream().toList());
  }

  private static List<Long> ids(List<JsonNode> hits) {
    return hits.stream().map(hit -> hit.path("message_id").asLong()).toList();
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
