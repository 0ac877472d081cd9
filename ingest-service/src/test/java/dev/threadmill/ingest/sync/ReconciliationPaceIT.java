package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import java.util.List;
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

  @Test
  void what_a_first_sync_left_out_is_neither_asked_for_nor_counted() {
    for (int i = 0; i < 75; i++) {
      conversation(1);
    }
    sync();
    // As if the first sync had looked back to when the fifty-first was opened, and the fifth had
    // changed since.
    for (String table : List.of("rag_chunks", "cw_messages", "cw_conversations")) {
      String id = table.equals("cw_conversations") ? "global_id" : "conversation_global_id";
      jdbc.sql(
              "delete from %s where split_part(%s, ':', 4)::bigint between 1 and 50 and %s not like '%%:5'"
                  .formatted(table, id, id))
          .update();
    }
    jdbc.sql(
            """
            update sync_watermarks set meta = jsonb_set(meta - 'reconciliation', '{listing,horizon}',
              to_jsonb('2026-01-03T02:00:00Z'::text))
            """)
        .update();
    sync();
    begunHoursAgo(20);
    chatwoot.requests().reset();

    sync();

    // A fifth of the one before the fifty-first, of 25 from there on and of the 25 ids above them.
    assertThat(position()).isEqualTo(59);
    assertThat(chatwoot.requests().count("GET /conversations/:id")).isEqualTo(10);
  }
}
