package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(
    properties = {"EMBED_DAILY_USD_PER_PROJECT=0.0001", "EMBED_USD_PER_MILLION_TOKENS=0.1"})
class DailyCeilingIT extends WorkerTest {

  @Test
  void
      rows_of_a_project_wait_for_the_next_day_when_it_has_spent_its_daily_ceiling_and_those_of_others_do_not() {
    OPEN_AI.settings().latency(Duration.ofMillis(300));
    Rows.Home home = rows.project();
    chunks(home, 5000, Duration.ZERO);
    Rows.Home other = rows.project();

    JobRun run = untilFinished(requestRun(home));
    chunks(other, 10, Duration.ZERO);
    JobRun cheap = untilFinished(requestRun(other));

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("held_by").asString()).isEqualTo("daily_ceiling");
    assertThat(run.result().path("held_because").asString()).contains("00:00 UTC");
    assertThat(run.result().path("cost_usd").asDouble()).isGreaterThanOrEqualTo(0.0001);
    assertThat(rows.statuses(home)).containsKeys("ready", "pending").doesNotContainKey("failed");
    assertThat(cheap.status()).isEqualTo(RunStatus.OK);

    // Neither an event nor the sweep takes a row of the project any more.
    MessageUpserted announced = rows.chunk(home, unique("announced"));
    MessageUpserted due = rows.chunk(home, unique("due"), Duration.ofHours(3));
    MessageUpserted behind = rows.chunk(other, unique("behind it"));
    MessageUpserted swept = rows.chunk(other, unique("swept"), Duration.ofHours(2));
    announce(announced, behind);
    until().until(() -> rows.read(behind.chunkId()).status().equals("ready"));
    until().until(() -> rows.read(swept.chunkId()).status().equals("ready"));
    assertThat(rows.read(announced.chunkId()).fence()).isZero();
    assertThat(rows.read(due.chunkId()).fence()).isZero();

    // The next day: what was spent was spent yesterday.
    rows.jdbc()
        .sql("update embedding_usage set day = day - 1 where project_id = :project")
        .param("project", home.projectId())
        .update();
    until().until(() -> rows.read(due.chunkId()).status().equals("ready"));
  }
}
