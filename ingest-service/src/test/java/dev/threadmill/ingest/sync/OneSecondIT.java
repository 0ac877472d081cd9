package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** Conversations created in one second, as imports make them, come in no order. */
class OneSecondIT extends IngestTest {
  @Test
  void none_that_no_page_shows_is_missed_though_deletions_make_up_for_it_in_the_counts() {
    chatwoot.settings().conversationsPerPage(10);
    chatwoot.settings().supportUpdatedWithin(false);
    long contact = chatwoot.account().contacts().add("Importer", "importer@example.com");
    Instant same = Instant.parse("2026-05-05T05:05:05Z");
    for (int i = 0; i < 90; i++) {
      chatwoot.account().conversations().add(NewConversation.with(contact).createdAt(same));
    }
    boolean[] deleted = {false};
    chatwoot.beforeRequest(
        request -> {
          // Behind the last page: so many go that what is stored is more than is counted.
          if (!deleted[0] && "10".equals(request.param("page"))) {
            deleted[0] = true;
            texts("select conversation_id::text from cw_conversations limit 40")
                .forEach(id -> chatwoot.account().conversations().delete(Long.parseLong(id)));
          }
        });

    sync();

    assertThat(deleted[0]).isTrue();
    assertThat(texts("select conversation_id::text from cw_conversations where deleted_at is null"))
        .containsAll(
            chatwoot.truth().conversations().stream()
                .map(conversation -> Long.toString(conversation.id()))
                .toList());
  }

  @Test
  void a_few_of_one_second_at_the_edge_of_a_page_cost_a_few_requests_whatever_ids_are_gone() {
    chatwoot.settings().conversationsPerPage(10);
    long contact = chatwoot.account().contacts().add("Visitor", "visitor@example.com");
    Instant begin = Instant.parse("2026-05-05T05:05:05Z");
    for (int i = 0; i < 30; i++) {
      // The tenth and the eleventh have the same second.
      Instant created = begin.plusSeconds(i == 10 ? 9 : i);
      chatwoot.account().conversations().skipIds(i == 20 ? 3000 : 3);
      chatwoot.account().conversations().add(NewConversation.with(contact).createdAt(created));
    }

    assertComplete(sync());

    assertThat(count("cw_conversations")).isEqualTo(30);
    assertThat(chatwoot.requests().count("GET /conversations/:id")).isLessThan(20);
  }

  @Test
  void a_later_import_comes_whole_where_the_first_sync_looked_back_only_so_far() {
    for (int i = 0; i < 40; i++) {
      conversation(1);
    }
    sync();
    jdbc.sql(
            """
            update sync_watermarks set meta = jsonb_set(meta, '{listing,horizon}',
              to_jsonb(to_char(now() - interval '7 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
            """)
        .update();
    chatwoot.settings().conversationsPerPage(10);
    chatwoot.settings().supportUpdatedWithin(false);
    // In another order other ones would be hidden.
    chatwoot.faults().add(Fault.status(500).on("last_activity_at_desc").always());
    long contact = chatwoot.account().contacts().add("Importer", "importer@example.com");
    Instant same = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    for (int i = 0; i < 90; i++) {
      chatwoot.account().conversations().add(NewConversation.with(contact).createdAt(same));
    }

    assertComplete(sync());

    assertThat(count("cw_conversations")).isEqualTo(130);
  }
}
