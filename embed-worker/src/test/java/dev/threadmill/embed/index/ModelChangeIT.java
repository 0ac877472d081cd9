package dev.threadmill.embed.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.embed.EmbedWorker;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class ModelChangeIT extends WorkerTest {
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
