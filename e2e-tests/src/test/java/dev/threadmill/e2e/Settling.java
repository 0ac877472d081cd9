package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What happens by itself when nothing is wrong any more, in a hurry: what would be due later is due
 * now, and the jobs are started by hand instead of by their schedules.
 */
record Settling(FaultStack faults, String story) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int MOST_SYNCS = 40;

  /**
   * @param dead processes of embed workers whose leases are over
   */
  void settle(List<Long> dead) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> faults.api.get("/jobs/status").status() == 200);
    for (long pid : dead) {
      faults.tables.execute(
          "update rag_chunks set lease_until = now() where embedding_status = 'processing' and "
              + FaultStack.isWorker("claimed_by", pid));
      faults.tables.execute(
          "update texts_in_flight set lease_until = now() where "
              + FaultStack.isWorker("worker", pid));
    }
    syncUntilComparedTwice();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              dueNow();
              assertThat(unfinished()).as("%s: unfinished", story).isEmpty();
            });
  }

  /** The first comparison heals; what it made unread or suspect is settled by the second. */
  private void syncUntilComparedTwice() {
    int passes = 0;
    JsonNode last = null;
    for (int run = 0; run < MOST_SYNCS && passes < 2; run++) {
      dueNow();
      last = faults.api.finished(faults.api.post("/jobs/chatwoot/sync").body());
      boolean whole =
          faults.tables.number(
                  """
                  select count(*) from sync_watermarks where meta -> 'reconciliation' ->> 'started_at' is null
                    and meta -> 'reconciliation' ->> 'last' is not null
                  """)
              == 1;
      passes += last.path("result").path("complete").asBoolean(false) && whole ? 1 : 0;
    }
    assertThat(passes).as("%s: whole comparisons; at last %s", story, last).isEqualTo(2);
  }

  private void dueNow() {
    List.of(
            "update cw_conversations set retry_at = now() where retry_at > now()",
            "update sync_unanswered set retry_at = now() where retry_at > now()",
            "update cw_contacts set recheck_at = now() where recheck_at > now()",
            "update sync_hints set due_at = now() where due_at > now() + interval '1 s'",
            "update sync_watermarks set meta = jsonb_set(meta, '{people,inboxes_read_at}', 'null')",
            "update provider_budgets set held_until = now() where held_until > now()",
            "update rag_chunks set next_attempt_at = now() where embedding_status = 'pending' and next_attempt_at > now() + interval '3 s'",
            "update job_runs set due_at = now() where status = 'queued' and due_at > now()")
        .forEach(faults.tables::execute);
  }

  private List<String> unfinished() {
    return List.copyOf(
        faults.tables.texts(
            """
                select 'chunk ' || embedding_status from rag_chunks where embedding_status in ('pending', 'processing')
                union select 'hint ' || conversation_id from sync_hints
                union select 'text in flight' from texts_in_flight t
                -- One whose messages were edited or deleted after its worker died is nobody's any more, and goes after a day.
                where t.lease_until > now() or exists (select from rag_chunks c where c.text_hash = t.text_hash)
                union select 'run ' || job_name || ' ' || status from job_runs where status in ('queued', 'running')
                """));
  }
}
