package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.pgvector.PGvector;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is found by its meaning: by vectors with and without an index, and of which model. */
@GatewayTest
class VectorSearchIT extends Searches {
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
}
