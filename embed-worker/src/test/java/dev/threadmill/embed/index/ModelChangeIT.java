package dev.threadmill.embed.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.embed.EmbedWorker;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class ModelChangeIT extends WorkerTest {
  @Autowired private JobHandler job;

  private static final String WIDER = "text-embedding-3-large@3000";

  @Test
  void the_old_vectors_serve_until_the_new_ones_are_complete_and_then_go() {
    Rows.Home home = rows.project();
    List<MessageUpserted> chunks = chunks(home, 300, Duration.ofHours(2));
    untilAllReady(home, 300);
    until().until(() -> serving(home).equals(MODEL));
    // Not the second request: the first worker may send one before it knows that it is to wait.
    var hanging =
        OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG).always().onInputsContaining("<299>"));

    try (ConfigurableApplicationContext other = workerWith("text-embedding-3-large", "3000")) {
      until().untilAsserted(() -> assertThat(vectors(home, WIDER)).isBetween(1L, 299L));
      assertThat(serving(home)).isEqualTo(MODEL);
      assertThat(vectors(home, MODEL)).isEqualTo(300);
      hanging.close();

      untilAllReady(home, 300);
      until().until(() -> serving(home).equals(WIDER));
      until().until(() -> vectors(home, MODEL) == 0);
    }

    assertThat(vectors(home, WIDER)).isEqualTo(300);
    Rows.Chunk chunk = rows.read(chunks.getLast().chunkId());
    assertThat(chunk.model()).isEqualTo(WIDER);
    assertThat(rows.vector(chunk.id()))
        .containsExactly(OPEN_AI.vectorFor("text-embedding-3-large", 3000, chunk.text()));
  }

  @Test
  void going_back_to_the_former_model_brings_home_what_arrived_meanwhile() {
    Rows.Home home = rows.project();
    Rows.Home young = rows.project();
    chunks(home, 20, Duration.ofHours(2));
    untilAllReady(home, 20);
    until().until(() -> serving(home).equals(MODEL));
    MessageUpserted arrived;
    try (ConfigurableApplicationContext other = workerWith("text-embedding-3-large", "3000")) {
      until().until(() -> vectors(home, WIDER) == 20);
      until().until(() -> serving(home).equals(WIDER));
      arrived = chunks(home, 1, Duration.ofHours(2)).getFirst();
      chunks(young, 5, Duration.ofHours(2));
      until().until(() -> vectors(home, WIDER) == 21 && vectors(young, WIDER) == 5);
      // As it is when the change back comes before the first one is complete.
      serve(home, MODEL);
      forgetSpace(young);
    }

    the_first_model_is_wanted_again();

    until().until(() -> vectors(home, MODEL) == 21 && vectors(young, MODEL) == 5);
    until().until(() -> vectors(home, WIDER) == 0);
    untilAllReady(home, 21);
    untilAllReady(young, 5);
    assertThat(rows.read(arrived.chunkId()).model()).isEqualTo(MODEL);
    assertVectorFits(arrived.chunkId());
    assertThat(serving(home)).isEqualTo(MODEL);
    until().until(() -> serving(young).equals(MODEL));
  }

  @Test
  void a_model_that_refuses_every_row_does_not_take_over_the_searches() {
    Rows.Home home = rows.project();
    chunks(home, 30, Duration.ofHours(2));
    untilAllReady(home, 30);
    until().until(() -> serving(home).equals(MODEL));
    OPEN_AI.settings().poison("message");

    try (ConfigurableApplicationContext other = workerWith("text-embedding-3-large", "3000")) {
      until().until(() -> rows.statuses(home).equals(Map.of("failed", 30L)));
      // A project of which few rows fail changes in the same rounds.
      OPEN_AI.settings().clearPoison();
      Rows.Home witness = rows.project();
      chunks(witness, 1, Duration.ofHours(2));
      untilAllReady(witness, 1);
      serve(witness, MODEL);
      until().until(() -> serving(witness).equals(WIDER));

      assertThat(serving(home)).isEqualTo(MODEL);
      assertThat(vectors(home, MODEL)).isEqualTo(30);
    }
  }

  @Test
  void a_model_with_more_numbers_than_can_be_searched_stops_and_says_what_to_set() {
    OPEN_AI.settings().addModel("very-wide", 4096);
    Rows.Home home = rows.project();
    chunks(home, 50, Duration.ofHours(2));
    untilAllReady(home, 50);
    OPEN_AI.log().reset();

    try (ConfigurableApplicationContext other = workerWith("very-wide", "")) {
      until()
          .untilAsserted(
              () -> assertThat(holdReason("very-wide")).contains("4096", "EMBEDDING_DIM"));
      until().until(() -> rows.statuses(home).equals(Map.of("pending", 50L)));
    }

    assertThat(OPEN_AI.log().requests()).isLessThanOrEqualTo(2);
    assertThat(
            rows.jdbc()
                .sql(
                    "select sum(tokens) from embedding_usage where project_id = :project and model = 'very-wide'")
                .param("project", home.projectId())
                .query(Long.class)
                .single())
        .as("it was paid, although it is of no use")
        .isPositive();
  }

  @Test
  void a_worker_that_waits_for_another_model_leaves_the_runs_to_others() {
    Rows.Home home = rows.project();
    until().until(job::takesRuns);
    rows.jdbc()
        .sql(
            """
            insert into embedding_models (name, wanted_since) values ('a-later-model', clock_timestamp())
            on conflict (name) do update set wanted_since = clock_timestamp()
            """)
        .update();
    until().until(() -> !job.takesRuns());

    UUID run = requestRun(home);
    the_first_model_is_wanted_again();
    until().until(job::takesRuns);
    // As the scheduler does with runs that nobody took.
    announce(
        new JobRequested(
            UUID.randomUUID(), Instant.now(), home.projectId(), run, JobType.EMBEDDINGS_RUN, 0));

    assertThat(untilFinished(run).status()).isEqualTo(RunStatus.OK);
    assertThat(run(run).attempt()).isEqualTo(1);
  }

  private String holdReason(String model) {
    return rows.jdbc()
        .sql("select hold_reason from provider_budgets where model = :model")
        .param("model", model)
        .query(String.class)
        .single();
  }

  private void serve(Rows.Home home, String model) {
    rows.jdbc()
        .sql(
            """
            update project_vector_spaces set model_id = (select id from embedding_models where name = :model)
            where project_id = :project
            """)
        .param("model", model)
        .param("project", home.projectId())
        .update();
  }

  private void forgetSpace(Rows.Home home) {
    rows.jdbc()
        .sql("delete from project_vector_spaces where project_id = :project")
        .param("project", home.projectId())
        .update();
  }

  /** As if the first worker were started again. */
  @AfterEach
  void the_first_model_is_wanted_again() {
    rows.jdbc()
        .sql("update embedding_models set wanted_since = clock_timestamp() where name = :model")
        .param("model", MODEL)
        .update();
  }

  private static ConfigurableApplicationContext workerWith(String model, String width) {
    List<String> arguments = new ArrayList<>();
    ENVIRONMENT.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    Map.of("EMBEDDING_MODEL", model, "EMBEDDING_DIM", width)
        .forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return new SpringApplicationBuilder(EmbedWorker.class).run(arguments.toArray(String[]::new));
  }

  private String serving(Rows.Home home) {
    return rows.jdbc()
        .sql(
            """
            select m.name from project_vector_spaces s join embedding_models m on m.id = s.model_id
            where s.project_id = :project
            """)
        .param("project", home.projectId())
        .query(String.class)
        .single();
  }

  private long vectors(Rows.Home home, String model) {
    return rows.jdbc()
        .sql(
            """
            select count(*) from rag_vectors v join embedding_models m on m.id = v.model_id
            where v.project_id = :project and m.name = :model
            """)
        .param("project", home.projectId())
        .param("model", model)
        .query(Long.class)
        .single();
  }
}
