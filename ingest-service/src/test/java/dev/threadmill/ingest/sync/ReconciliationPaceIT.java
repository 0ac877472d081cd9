package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A comparison takes as long as it is given, a share in each run. */
@TestPropertySource(properties = {"CHATWOOT_RECONCILE_HOURS=100", "CHATWOOT_RECONCILE_LIMIT=30"})
class ReconciliationPaceIT extends IngestTest {
  /** As if the pass had begun so many hours ago. */
  private void begunHoursAgo(int hours) {
    jdbc.sql(
            """
            update sync_watermarks set meta = jsonb_set(meta, '{reconciliation,started_at}',
              to_jsonb(to_char((now() - make_interval(hours => :hours)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
            """)
        .param("hours", hours)
        .update();
  }

  private long position() {
    return jdbc.sql(
            "select (meta -> 'reconciliation' ->> 'conversation')::bigint from sync_watermarks")
        .query(Long.class)
        .single();
  }

  @Test
  void a_pass_is_spread_over_its_time_bounded_per_run_and_goes_on_where_it_was() {
    for (int i = 0; i < 75; i++) {
      conversation(1);
    }
    sync();
    assertThat(position()).isZero();

    begunHoursAgo(20);
    sync();
    // A fifth of 75 conversations and of the 25 ids above them.
    assertThat(position()).isEqualTo(20);

    begunHoursAgo(90);
    sync();
    assertThat(position()).isEqualTo(50);

    chatwoot.account().conversations().delete(60);
    begunHoursAgo(101);
    sync();
    JobRun last = sync();
    for (int run = 0;
        run < 5 && last.result().path("reconciliation").path("under_way").asBoolean(true);
        run++) {
      last = sync();
    }

    assertThat(last.result().path("reconciliation").path("last_finished_at").asString())
        .isNotEmpty();
    assertThat(last.result().path("reconciliation").path("extra").asInt()).isEqualTo(2);
    assertThat(count("cw_conversations where deleted_at is not null")).isEqualTo(1);
    chatwoot.requests().reset();
    assertComplete(sync());
    assertThat(chatwoot.requests().list()).hasSizeLessThanOrEqualTo(3);
  }
}
