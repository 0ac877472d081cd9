package dev.threadmill.ingest.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.project.Sources;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/**
 * Two accounts that feed two projects; the second one gives no answer, for longer than any wait.
 */
@TestPropertySource(properties = "CHATWOOT_TIMEOUT_MS=300000")
class HangingSourceIT extends IngestTest {
  @Autowired private Sources sources;

  private final UUID otherProject = UUID.randomUUID();
  private final UUID hanging = UUID.randomUUID();

  @BeforeEach
  void bindTheOther() {
    jdbc.sql("insert into projects (id, name) values (:id, 'The other one')")
        .param("id", otherProject)
        .update();
    jdbc.sql(
            """
            insert into project_sources (id, project_id, source_kind, base_url, external_id)
            values (:id, :project, 'chatwoot', :base_url, '2')
            """)
        .param("id", hanging)
        .param("project", otherProject)
        .param("base_url", chatwoot.baseUrl().toString())
        .update();
  }

  @AfterEach
  void unbindTheOther() {
    chatwoot.faults().clear();
    jdbc.sql("delete from project_sources where id = :id").param("id", hanging).update();
    jdbc.sql("delete from projects where id = :id").param("id", otherProject).update();
  }

  private void file(UUID source, long conversation) {
    jdbc.sql("insert into sync_hints (source_id, conversation_id) values (:source, :conversation)")
        .param("source", source)
        .param("conversation", conversation)
        .update();
  }

  @Test
  void a_source_that_hangs_delays_no_hint_of_another() {
    var hang = chatwoot.faults().add(Fault.slow(Duration.ofHours(1)).on("accounts/2/").always());
    for (long id = 1; id <= 60; id++) {
      file(hanging, id);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> hang.hits() >= 2);

    for (int i = 0; i < 10; i++) {
      file(sources.ofProject(project()).getFirst().id(), conversation(1));
    }

    await().atMost(Duration.ofSeconds(30)).until(() -> count("rag_chunks") == 10);
    assertThat(hang.hits()).isEqualTo(2);
    await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_hints") == 60);
  }
}
