package dev.threadmill.ingest.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Answers about one contact that come in another order than they were asked for. */
class ContactOrderIT extends IngestTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Autowired private ContactTable contacts;
  @Autowired private Sources sources;
  @Autowired private TransactionTemplate transaction;

  private Source source() {
    return sources.ofProject(project()).getFirst();
  }

  private int store(String name, @Nullable Instant askedAt) {
    var data = JSON.createObjectNode().put("id", 7).put("name", name);
    var contact = new ContactPayload(7, name, null, null, null, false, null, null, data);
    return contacts.upsert(source(), List.of(contact), askedAt);
  }

  private List<String> stored() {
    return texts(
        "select name || ' ' || (data ->> 'name') from cw_contacts where deleted_at is null");
  }

  @Test
  void what_was_asked_for_earlier_does_not_replace_what_was_asked_for_later() {
    Instant earlier = contacts.now();
    Instant later = contacts.now();

    assertThat(store("New", later)).isEqualTo(1);
    assertThat(store("Old", earlier)).isZero();

    assertThat(stored()).containsExactly("New New");
  }

  @Test
  void what_was_asked_for_later_replaces_what_was_asked_for_earlier() {
    store("Old", contacts.now());
    assertThat(store("New", contacts.now())).isEqualTo(1);

    assertThat(stored()).containsExactly("New New");
  }

  @Test
  void the_order_is_kept_when_both_are_stored_at_the_same_time() throws Exception {
    Instant before = contacts.now();
    store("Old", before);
    Instant earlier = contacts.now();
    Instant later = contacts.now();

    // Waits for the row that this transaction holds, and meets what it wrote.
    Thread late = Thread.ofVirtual().unstarted(() -> store("Older", earlier));
    transaction.executeWithoutResult(
        status -> {
          store("New", later);
          late.start();
          await()
              .until(() -> count("pg_locks where not granted and locktype = 'transactionid'") > 0);
        });
    late.join();

    assertThat(stored()).containsExactly("New New");
  }

  @Test
  void without_a_time_an_answer_counts_as_new_and_leaves_the_order_as_it_is() {
    Instant earlier = contacts.now();
    store("Ordered", contacts.now());
    store("Without a time", null);
    assertThat(stored()).containsExactly("Without a time Without a time");

    assertThat(store("Old", earlier)).isZero();
    assertThat(store("New", contacts.now())).isEqualTo(1);
    assertThat(stored()).containsExactly("New New");
  }

  @Test
  void one_that_was_gone_is_stored_again_and_asked_for_again() {
    Instant earlier = contacts.now();
    store("Known", contacts.now());
    contacts.erase(source(), 7);

    assertThat(store("Shown by an old answer", earlier)).isEqualTo(1);

    assertThat(count("cw_contacts where deleted_at is null and recheck_at <= now()")).isEqualTo(1);
  }
}
