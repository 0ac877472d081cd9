package dev.threadmill.embed.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class ChunkVectorsIT extends WorkerTest {
  @Autowired private ChunkVectors vectors;
  @Autowired private VectorSpaces spaces;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void an_answer_of_more_rows_than_one_statement_takes_is_written_whole() {
    var model = new EmbeddingModel(MODEL);
    int modelId = spaces.id(model, 1536).orElseThrow();
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 450, Duration.ZERO);
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));
    List<ClaimedChunk> claimed = new DueWalk(claims, home.projectId()).claim(450, Duration.ZERO);
    assertThat(claimed).hasSize(450);

    Set<Long> ready = write(claimed, model, modelId);

    assertThat(ready).hasSize(450);
    assertThat(rows.statuses(home)).isEqualTo(Map.of("ready", 450L));
    // The last of a statement, the first of the next, the last of all.
    for (int place : List.of(0, 49, 50, 399, 400, 449)) {
      assertVectorFits(events.get(place).chunkId());
    }
    assertThat(copies(home)).isEqualTo(450);
  }

  /** Written again, it would be put into its segment's graph a second time. */
  @Test
  void a_copy_for_the_search_that_is_there_is_left_as_it_is() {
    var model = new EmbeddingModel(MODEL);
    int modelId = spaces.id(model, 1536).orElseThrow();
    Rows.Home home = rows.project();
    long chunk = rows.chunk(home, unique("there already"), Duration.ZERO).chunkId();
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));
    write(new DueWalk(claims, home.projectId()).claim(1, Duration.ZERO), model, modelId);
    String place = placeOfCopy(chunk);
    // As it is when the wanted model changes, and changes back before the change is complete.
    rows.jdbc()
        .sql(
            """
            update rag_chunks set embedding = null, embedding_model = null, embedding_status = 'pending'
            where id = :chunk
            """)
        .param("chunk", chunk)
        .update();

    List<ClaimedChunk> again = new DueWalk(claims, home.projectId()).claim(1, Duration.ZERO);

    assertThat(write(again, model, modelId)).containsExactly(chunk);
    assertThat(placeOfCopy(chunk)).isEqualTo(place);
  }

  /** Else a first import would count against the promise to new messages. */
  @Test
  void a_claimed_row_tells_its_age_only_where_its_message_was_new_when_it_was_stored() {
    Rows.Home home = rows.project();
    List<Long> ids = chunks(home, 3, Duration.ZERO).stream().map(MessageUpserted::chunkId).toList();
    storedAfter(ids.get(0), "59 min");
    storedAfter(ids.get(1), "61 min");
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));

    assertThat(claims.claim(ids, Set.of()))
        .hasSize(3)
        .filteredOn(chunk -> chunk.arrival() != null)
        .extracting(ClaimedChunk::id)
        .containsExactly(ids.get(0));
  }

  private void storedAfter(long chunk, String age) {
    rows.jdbc()
        .sql(
            "update rag_chunks set message_created_at = created_at - :age::interval where id = :id")
        .param("age", age)
        .param("id", chunk)
        .update();
  }

  /** No foreign key sees to it any more: the writer's lock on the chunk and a trigger do. */
  @Test
  void a_chunk_that_goes_while_its_vector_is_written_leaves_none_behind() throws Exception {
    var model = new EmbeddingModel(MODEL);
    int modelId = spaces.id(model, 1536).orElseThrow();
    Rows.Home home = rows.project();
    long chunk = rows.chunk(home, unique("goes meanwhile"), Duration.ZERO).chunkId();
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));
    List<ClaimedChunk> claimed = new DueWalk(claims, home.projectId()).claim(1, Duration.ZERO);

    CompletableFuture<Integer> deleted =
        Objects.requireNonNull(
            new TransactionTemplate(transactions)
                .execute(
                    status -> {
                      int us =
                          rows.jdbc().sql("select pg_backend_pid()").query(Integer.class).single();
                      assertThat(vectors.write(embedded(claimed), model, modelId)).hasSize(1);
                      CompletableFuture<Integer> deleting =
                          CompletableFuture.supplyAsync(() -> delete(chunk));
                      await().until(() -> someoneWaitsFor(us));
                      return deleting;
                    }));

    assertThat(deleted.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(copies(home)).isZero();
  }

  @Test
  void a_chunk_that_is_gone_gets_no_vector() {
    var model = new EmbeddingModel(MODEL);
    int modelId = spaces.id(model, 1536).orElseThrow();
    Rows.Home home = rows.project();
    long chunk = rows.chunk(home, unique("gone before"), Duration.ZERO).chunkId();
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));
    List<ClaimedChunk> claimed = new DueWalk(claims, home.projectId()).claim(1, Duration.ZERO);
    delete(chunk);

    assertThat(write(claimed, model, modelId)).isEmpty();

    assertThat(copies(home)).isZero();
  }

  private int delete(long chunk) {
    return rows.jdbc().sql("delete from rag_chunks where id = :id").param("id", chunk).update();
  }

  private boolean someoneWaitsFor(int backend) {
    return rows.jdbc()
        .sql(
            "select exists (select from pg_stat_activity where :backend = any (pg_blocking_pids(pid)))")
        .param("backend", backend)
        .query(Boolean.class)
        .single();
  }

  private long copies(Rows.Home home) {
    return rows.jdbc()
        .sql("select count(*) from rag_vectors where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  private String placeOfCopy(long chunk) {
    return rows.jdbc()
        .sql("select ctid::text from rag_vectors where chunk_id = :chunk")
        .param("chunk", chunk)
        .query(String.class)
        .single();
  }

  private Set<Long> write(List<ClaimedChunk> claimed, EmbeddingModel model, int modelId) {
    return Objects.requireNonNull(
        new TransactionTemplate(transactions)
            .execute(status -> vectors.write(embedded(claimed), model, modelId)));
  }

  @Test
  void a_claim_begins_behind_the_one_before_and_comes_back_for_what_was_passed_over() {
    Rows.Home home = rows.project();
    chunks(home, 25, Duration.ofMinutes(10));
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings("test", Duration.ofMinutes(10), 5));
    var walk = new DueWalk(claims, home.projectId());
    assertThat(walk.claim(10, Duration.ZERO)).hasSize(10);
    long passedOver = rows.chunk(home, unique("due before"), Duration.ofMinutes(20)).chunkId();

    List<ClaimedChunk> second = walk.claim(10, Duration.ZERO);
    List<ClaimedChunk> last = walk.claim(10, Duration.ZERO);

    assertThat(second).hasSize(10).extracting(ClaimedChunk::id).doesNotContain(passedOver);
    assertThat(last).hasSize(6).extracting(ClaimedChunk::id).contains(passedOver);
    assertThat(walk.claim(10, Duration.ZERO)).isEmpty();
  }

  @Test
  void a_text_that_was_let_go_does_not_come_back_with_the_others_of_its_batch() {
    var model = new EmbeddingModel(MODEL);
    var one = new TextsInFlight(rows.jdbc(), new ClaimSettings("one", Duration.ofHours(1), 5));
    var other = new TextsInFlight(rows.jdbc(), new ClaimSettings("other", Duration.ofHours(1), 5));
    List<String> texts = List.of(Rows.hash(unique("unanswered")), Rows.hash(unique("under way")));
    assertThat(one.take(texts, model)).hasSize(2);
    one.abandon(texts.subList(0, 1), model);

    assertThat(one.renew(texts, model)).isEqualTo(1);

    assertThat(other.take(texts, model)).isEqualTo(Map.of(texts.getFirst(), true));
  }

  private static List<EmbeddedChunk> embedded(List<ClaimedChunk> claimed) {
    return claimed.stream().map(ChunkVectorsIT::embedded).toList();
  }

  private static EmbeddedChunk embedded(ClaimedChunk chunk) {
    return new EmbeddedChunk(chunk, OPEN_AI.vectorFor(MODEL, 1536, chunk.text()), null);
  }
}
