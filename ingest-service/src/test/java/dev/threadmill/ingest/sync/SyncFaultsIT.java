package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What goes wrong at the other end, and what a run says and does then. */
class SyncFaultsIT extends IngestTest {
  private JobRun failed(String errorClass) {
    JobRun run = sync();
    assertThat(run.status()).isEqualTo(RunStatus.FAILED);
    assertThat(run.errorClass()).isEqualTo(errorClass);
    assertThat(run.error()).doesNotContain(ChatwootSimulator.ADMIN_TOKEN);
    assertThat(count("cw_conversations")).isZero();
    assertThat(count("sync_watermarks where cursor_ts is not null")).isZero();
    return run;
  }

  @Test
  void a_wrong_token_is_named_with_what_to_do() {
    conversation(1);
    chatwoot.tokens().revoke(ChatwootSimulator.ADMIN_TOKEN);

    assertThat(failed("chatwoot_unauthorized").error())
        .isEqualTo(
            "Chatwoot at %s refuses the token (401): set CHATWOOT_API_TOKEN to an administrator's access token"
                .formatted(chatwoot.baseUrl()));
  }

  @Test
  void a_token_of_another_account_is_told_from_a_wrong_one() {
    conversation(1);
    chatwoot.tokens().addOutsider(ChatwootSimulator.ADMIN_TOKEN);

    assertThat(failed("chatwoot_no_access").error()).contains("does not belong to account 1 (401)");
  }

  @Test
  void an_unknown_account_is_named() {
    jdbc.sql("update project_sources set external_id = '77'").update();
    try {
      assertThat(failed("chatwoot_account_not_found").error())
          .contains("has no account 77 (404): set CHATWOOT_ACCOUNT_ID");
    } finally {
      jdbc.sql("update project_sources set external_id = '1'").update();
    }
  }

  @Test
  void an_unreachable_host_is_named() {
    chatwoot.close();

    assertThat(failed("chatwoot_unreachable").error())
        .contains("can't be reached (the connection is refused): check CHATWOOT_BASE_URL");
  }

  @Test
  void a_web_page_in_place_of_chatwoot_is_named() {
    chatwoot.faults().add(Fault.wrongContentType().always());

    assertThat(failed("chatwoot_not_chatwoot").error()).contains("is not Chatwoot's interface");
  }

  @Test
  void a_server_that_only_fails_ends_the_run() {
    chatwoot.faults().add(Fault.status(502).always());

    assertThat(failed("chatwoot_server_error").error()).contains("fails with status 502");
  }

  @Test
  void a_server_that_says_when_it_is_back_is_left_alone_until_then() {
    chatwoot.faults().add(Fault.unavailable(Duration.ofMinutes(10)).always());

    JobRun run = failed("chatwoot_server_error");

    assertThat(count("job_runs where retry_at > finished_at + interval '9 minutes'")).isEqualTo(1);
    assertThat(run.error()).contains("fails with status 503");
  }

  @Test
  void an_agents_token_is_reported_as_incomplete() {
    conversation(1);
    chatwoot.tokens().addAgent(ChatwootSimulator.ADMIN_TOKEN, 2, Set.of(1L));

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.result().path("complete").asBoolean(true)).isFalse();
    assertThat(run.result().path("complete_reason").asString()).contains("agent's");
  }

  @Test
  void faults_that_pass_are_not_noticed() {
    for (int i = 0; i < 30; i++) {
      conversation(2);
    }
    chatwoot.faults().add(Fault.status(503).on("messages").times(3));
    chatwoot.faults().add(Fault.cut().on("messages").times(2).afterSkipping(3));
    chatwoot.faults().add(Fault.truncatedBody().on("messages").times(2).afterSkipping(5));
    chatwoot.faults().add(Fault.stalledBody().on("messages").times(1).afterSkipping(8));
    chatwoot.faults().add(Fault.brokenJson().on("created_at_asc").times(1));
    chatwoot.faults().add(Fault.cutAfterProcessing().on("last_activity").times(1));

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_bad_conversation_is_set_aside_and_harms_no_other() {
    for (int i = 0; i < 12; i++) {
      conversation(1);
    }
    chatwoot.faults().add(Fault.status(500).on("conversations/5/messages").always());
    chatwoot.faults().add(Fault.hugeBody(9L << 20).on("conversations/7/messages").always());
    chatwoot.faults().add(Fault.status(401).on("conversations/9/messages").always());

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(count("rag_chunks")).isEqualTo(9);
    assertThat(run.result().path("set_aside").asInt()).isEqualTo(3);
    assertThat(
            run.result().path("set_aside_conversations").path(0).path("conversation_id").asLong())
        .isEqualTo(9);
    assertThat(
            count(
                "sync_watermarks w, cw_conversations c where w.cursor_ts >= c.source_updated_at and c.conversation_id in (5, 7, 9)"))
        .isZero();

    chatwoot.faults().clear();
    chatwoot.requests().reset();
    assertThat(sync().status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(chatwoot.requests().list()).hasSizeLessThanOrEqualTo(3);

    jdbc.sql("update cw_conversations set retry_at = now() where retry_at is not null").update();
    assertComplete(sync());
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_conversation_that_is_gone_when_its_messages_are_read_is_erased() {
    long gone = conversation(2);
    conversation(1);
    sync();
    chatwoot.account().messages().incoming(gone, text(gone, 3));
    AtomicInteger lists = new AtomicInteger();
    chatwoot.afterRequest(
        request -> {
          if (request.param("updated_within") != null && lists.getAndIncrement() == 0) {
            chatwoot.account().conversations().delete(gone);
          }
        });

    JobRun run = sync();

    assertThat(run.result().path("conversations_deleted").asInt()).isEqualTo(1);
    assertThat(count("cw_conversations where deleted_at is not null")).isEqualTo(1);
    assertThat(count("rag_chunks")).isEqualTo(1);
    assertThat(count("cw_messages where content is not null")).isEqualTo(1);
  }

  @Test
  void a_run_whose_database_connections_die_goes_on_where_it_was() {
    for (int i = 0; i < 40; i++) {
      conversation(2);
    }
    AtomicInteger reads = new AtomicInteger();
    chatwoot.beforeRequest(
        request -> {
          if (request.route().contains("messages") && reads.incrementAndGet() == 15) {
            jdbc.sql(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """)
                .query(Long.class)
                .single();
          }
        });

    JobRun run = sync();

    assertComplete(run);
    // What was in flight is read again, what was stored is not.
    assertThat(chatwoot.requests().count("GET /conversations/:id/messages")).isLessThan(60);
    assertThat(reads.get()).isGreaterThan(15);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_conversation_whose_connection_always_breaks_is_set_aside() {
    for (int i = 0; i < 12; i++) {
      conversation(1);
    }
    chatwoot.faults().add(Fault.truncatedBody().on("conversations/5/messages").always());

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("set_aside").asInt()).isEqualTo(1);
    assertThat(count("rag_chunks")).isEqualTo(11);
  }

  @Test
  void a_conversation_that_is_refused_when_it_is_looked_up_is_set_aside() {
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    chatwoot.faults().add(Fault.status(500).on("created_at_asc.*page=2\\b").always());
    chatwoot.faults().add(Fault.status(422).on("conversations/30$").always());
    chatwoot.faults().add(Fault.status(401).on("conversations/31$").always());

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("set_aside").asInt()).isEqualTo(2);
    assertThat(count("rag_chunks")).isEqualTo(58);
  }

  @Test
  void contacts_that_the_token_may_not_read_keep_no_message_away() {
    for (int i = 0; i < 3; i++) {
      conversation(2);
    }
    chatwoot.faults().add(Fault.status(401).on("/contacts").always());

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("complete").asBoolean(true)).isFalse();
    assertThat(run.result().path("complete_reason").asString()).contains("contacts");
    assertThat(count("rag_chunks")).isEqualTo(6);
  }

  @Test
  void lists_of_contacts_and_inboxes_that_never_answer_do_not_fail_the_run_of_an_account_at_rest() {
    conversation(2);
    assertComplete(sync());
    chatwoot.faults().add(Fault.status(500).on("/contacts\\?").always());
    chatwoot.faults().add(Fault.status(500).on("/inboxes").always());
    jdbc.sql("update sync_watermarks set meta = meta #- '{people,inboxes_read_at}'").update();

    JobRun run = sync();

    assertThat(run.result().path("conversations").asInt()).isZero();
    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("complete").asBoolean(true)).isFalse();
    assertThat(run.result().path("complete_reason").asString()).contains("fails with status 500");
    // One that fails keeps the other from nothing.
    assertThat(chatwoot.requests().list())
        .anyMatch(request -> request.status() == 500 && request.target().contains("/inboxes"))
        .anyMatch(request -> request.status() == 500 && request.target().contains("/contacts?"));
    chatwoot.faults().clear();
    assertComplete(sync());
  }

  @Test
  void an_error_that_nobody_foresaw_ends_one_step_and_not_the_run() {
    conversation(1);
    chatwoot.account().contacts().add("Listed", "listed@example.com");
    jdbc.sql("alter table cw_inboxes add constraint never check (inbox_id < 0) not valid").update();
    try {
      JobRun run = sync();

      assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
      assertThat(run.result().path("complete_reason").asString()).contains("unexpected error");
      assertThat(count("rag_chunks")).isEqualTo(1);
    } finally {
      jdbc.sql("alter table cw_inboxes drop constraint never").update();
    }
    assertComplete(sync());
    assertThat(count("cw_contacts")).isEqualTo(2);
  }
}
