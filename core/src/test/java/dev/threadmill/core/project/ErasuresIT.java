package dev.threadmill.core.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Erasures.Wish;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class ErasuresIT extends RealServers {
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private TransactionTemplate transaction;

  private Source newSource() {
    UUID project = newProject();
    return sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
  }

  /** As a sync does: contacts with a conversation each, new or not. */
  private void store(Source source, int from, int to) {
    for (String statement :
        new String[] {
          """
          insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
          select 'cwc:' || :p || ':' || :a || ':' || n, :p, :s, :a, n, '{}' from generate_series(:from, :to) n
          on conflict (global_id) do update set data = excluded.data
          """,
          """
          insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
            contact_global_id, created_at, last_activity_at, data)
          select 'cw:' || :p || ':' || :a || ':' || n, :p, :s, :a, n, 'open', c.global_id, now(), now(), '{}'
          from generate_series(:from, :to) n left join cw_contacts c on c.source_id = :s and c.contact_id = n
          on conflict (global_id) do update set data = excluded.data
          """
        }) {
      jdbc.sql(statement)
          .param("p", source.projectId())
          .param("s", source.id())
          .param("a", source.accountId())
          .param("from", from)
          .param("to", to)
          .update();
    }
  }

  private Wish request(Source source, Kind kind, long number) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> erasures.request(source, kind, number, "test").orElseThrow()));
  }

  /** What the scheduler does. */
  private void work() {
    while (erasures.advance(100)) {}
  }

  private void erase(Source source, Kind kind, long number) {
    request(source, kind, number);
    work();
  }

  private boolean finished(Wish wish) {
    var erasure = wish.erasure();
    return erasures.find(erasure.projectId(), erasure.id()).orElseThrow().finishedAt() != null;
  }

  private long count(String what, UUID id) {
    return jdbc.sql("select count(*) from " + what).param("id", id).query(Long.class).single();
  }

  @Test
  void an_erasure_that_can_not_go_on_holds_up_no_other_one() {
    Source stuck = newSource();
    store(stuck, 1, 2);
    Source neighbour =
        sources.bind(
            stuck.projectId(), URI.create("https://" + stuck.projectId() + ".example.org"), 2);
    store(neighbour, 1, 1);
    // A conversation that this erasure leaves alone keeps a contact that it wants.
    pointTo(neighbour, "cwc:" + stuck.projectId() + ":1:1");
    Wish first = request(stuck, Kind.SOURCE, 1);
    Source free = newSource();
    store(free, 1, 2);
    Wish second = request(free, Kind.CONTACT, 1);

    await()
        .untilAsserted(
            () -> {
              work();
              assertThat(finished(second)).isTrue();
              assertThat(finished(first)).isFalse();
            });

    pointTo(neighbour, "cwc:" + stuck.projectId() + ":2:1");
    await()
        .untilAsserted(
            () -> {
              work();
              assertThat(finished(first)).isTrue();
            });
    assertThat(count("cw_contacts where source_id = :id", neighbour.id())).isEqualTo(1);
    assertThat(count("project_sources where project_id = :id", stuck.projectId())).isEqualTo(1);
  }

  @Test
  void who_opted_out_stays_so_without_the_words_that_somebody_typed() {
    Source source = newSource();
    store(source, 1, 3);
    // The fourth is not stored, and may be known here since it was.
    for (long number = 1; number <= 4; number++) {
      optOut(source, number);
    }

    erase(source, Kind.CONTACT, 1);
    erase(source, Kind.CONTACT, 4);

    assertThat(reasons(source)).containsExactly("1 gone", "2 was rude", "3 was rude", "4 gone");
    erase(source, Kind.SOURCE, 1);
    assertThat(reasons(source)).containsExactly("1 gone", "2 gone", "3 gone", "4 gone");
  }

  private void optOut(Source source, long number) {
    jdbc.sql(
            """
            insert into campaign_opt_outs (project_id, contact, reason, created_by)
            values (:p, 'cwc:' || :p || ':1:' || :number, 'was rude', 'somebody')
            """)
        .param("p", source.projectId())
        .param("number", number)
        .update();
  }

  private List<String> reasons(Source source) {
    return jdbc.sql(
            """
            select split_part(contact, ':', 4) || ' ' || coalesce(reason, 'gone') from campaign_opt_outs
            where project_id = :p order by 1
            """)
        .param("p", source.projectId())
        .query(String.class)
        .list();
  }

  private void pointTo(Source source, String contact) {
    jdbc.sql("update cw_conversations set contact_global_id = :contact where source_id = :s")
        .param("contact", contact)
        .param("s", source.id())
        .update();
  }

  @Test
  void what_was_erased_stays_so_when_its_account_is_bound_again() {
    Source source = newSource();
    UUID project = source.projectId();
    store(source, 1, 2);
    erase(source, Kind.CONTACT, 1);
    assertThat(request(source, Kind.CONTACT, 1).isNew()).isFalse();
    erase(source, Kind.SOURCE, 1);
    assertThat(count("project_sources where project_id = :id", project)).isZero();

    assertThat(sources.bindFirst(source.baseUrl(), 1)).isFalse();
    URI neverBound = URI.create("https://never-" + project + ".example.com");
    assertThat(sources.bindFirst(neverBound, 1)).isTrue();
    jdbc.sql("delete from project_sources where base_url = :url")
        .param("url", neverBound.toString())
        .update();

    Source again = sources.bind(project, source.baseUrl(), 1);
    store(again, 1, 3);
    assertThat(count("cw_contacts where contact_id = 1 and source_id = :id", again.id())).isZero();
    assertThat(count("cw_contacts where source_id = :id", again.id())).isEqualTo(2);
    assertThat(count("cw_conversations where source_id = :id", again.id())).isEqualTo(2);

    // Another server's account of the same number is another one.
    erase(again, Kind.SOURCE, 1);
    Source other = sources.bind(project, URI.create("https://" + project + ".example.org"), 1);
    store(other, 1, 3);
    assertThat(count("cw_contacts where source_id = :id", other.id())).isEqualTo(3);
  }

  @Test
  void who_stores_in_the_moment_of_a_wish_is_waited_for_and_erased_with_the_rest() {
    Source source = newSource();

    CompletableFuture<Wish> wish =
        transaction.execute(
            status -> {
              store(source, 1, 2);
              // One look is enough for the rows that follow.
              assertThat(
                      jdbc.sql("select current_setting('threadmill.nothing_erased_of', true)")
                          .query(String.class)
                          .single())
                  .isEqualTo(source.id().toString());
              var asked =
                  CompletableFuture.supplyAsync(
                      () -> request(source, Kind.CONTACT, 1), Thread::startVirtualThread);
              await().pollInSameThread().until(this::isWaitedFor);
              store(source, 1, 2);
              return asked;
            });
    Objects.requireNonNull(wish).join();
    store(source, 1, 3);
    work();

    assertThat(count("cw_contacts where contact_id = 1 and source_id = :id", source.id())).isZero();
    assertThat(count("cw_contacts where source_id = :id", source.id())).isEqualTo(2);
    assertThat(count("cw_conversations where source_id = :id", source.id())).isEqualTo(2);
  }

  private boolean isWaitedFor() {
    return jdbc.sql(
            """
            select exists (select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))
            """)
        .query(Boolean.class)
        .single();
  }
}
