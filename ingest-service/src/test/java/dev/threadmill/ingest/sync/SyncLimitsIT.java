package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.ingest.chatwoot.ChatwootClients;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootLimits;
import dev.threadmill.ingest.chatwoot.Pause;
import dev.threadmill.ingest.source.SourceAccounts;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.localstack.chatwoot.http.RecordedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Limits bound one run; what they leave is done by the next ones. */
@TestPropertySource(
    properties = {
      "CHATWOOT_CONVERSATIONS_LIMIT=10",
      "CHATWOOT_PAGES_LIMIT=2",
      "CHATWOOT_MESSAGES_LIMIT=7",
      "CHATWOOT_CONCURRENCY=1"
    })
class SyncLimitsIT extends IngestTest {
  @Autowired private Sources sources;
  @Autowired private SourceAccounts accounts;
  @Autowired private ChatwootClients clients;
  @Autowired private ReadingTable reading;
  @Autowired private GoneConversations gone;
  @Autowired private ConversationSync conversations;

  @Test
  void what_the_limits_leave_is_done_by_the_next_runs_and_every_run_says_what_is_left() {
    for (int i = 0; i < 70; i++) {
      conversation(i == 3 ? 20 : 2);
    }

    JobRun first = sync();

    assertThat(first.status()).isEqualTo(RunStatus.OK);
    assertThat(first.result().path("conversations").asInt()).isEqualTo(10);
    assertThat(first.result().path("complete").asBoolean(true)).isFalse();
    assertThat(first.result().path("complete_reason").asString())
        .contains("CHATWOOT_PAGES_LIMIT")
        .contains("CHATWOOT_CONVERSATIONS_LIMIT");
    assertThat(first.result().path("cursor_ts").isNull()).isTrue();
    List<String> cursors = new ArrayList<>();
    for (int run = 0; run < 12; run++) {
      JobRun next = sync();
      assertThat(next.result().path("conversations").asInt()).isLessThanOrEqualTo(10);
      cursors.add(next.result().path("cursor_ts").asString(""));
      if (next.result().path("complete").asBoolean(false)) {
        break;
      }
    }
    assertComplete(sync());
    assertThat(cursors).isSorted();
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void those_that_wait_longest_are_read_also_where_news_fill_each_run() {
    for (int i = 0; i < 30; i++) {
      conversation(1);
    }
    sync();
    for (int run = 0;
        run < 14 && count("cw_messages where conversation_global_id like '%:1'") == 0;
        run++) {
      for (int i = 0; i < 12; i++) {
        conversation(1);
      }
      sync();
    }

    assertThat(count("cw_messages where conversation_global_id like '%:1'")).isEqualTo(1);
    assertThat(count("cw_conversations where messages_read_at is null")).isPositive();
  }

  @Test
  void the_one_that_waits_longest_is_read_soon_however_few_a_run_may_read() {
    for (int i = 0; i < 8; i++) {
      conversation(1);
    }
    sync();
    var source = sources.ofProject(project()).getFirst();
    var client = clients.open(accounts.accountOf(source).orElseThrow(), Pause.checking(() -> {}));
    for (int limit : List.of(3, 2, 1)) {
      jdbc.sql("update cw_conversations set messages_read_at = null").update();
      var limits = new SyncLimits(limit, 25, 2, 300, Duration.ZERO, Duration.ofHours(168), 0);
      var reads = new ConversationReads(reading, gone, conversations, limits);
      for (int run = 0; run < (limit == 1 ? 2 : 1); run++) {
        readAll(reads, new SourceRun(source, client, new SyncCounts(), () -> {}, 1));
      }
      assertThat(count("cw_conversations where messages_read_at is not null"))
          .isEqualTo(limit == 1 ? 2 : limit);
      assertThat(
              count("cw_conversations where messages_read_at is not null and conversation_id = 1"))
          .isEqualTo(1);
    }
  }

  private static void readAll(ConversationReads reads, SourceRun run) {
    try {
      reads.read(run);
    } catch (ChatwootException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void a_long_conversation_is_stored_over_several_runs_from_the_beginning() {
    long conversation = conversation(18);

    sync();
    assertThat(count("cw_messages")).isEqualTo(7);
    sync();
    assertThat(count("cw_messages")).isEqualTo(14);
    long edited = chatwoot.account().messages().of(conversation).get(0).id();
    chatwoot.account().messages().edit(edited, "Another question about the same parcel, please.");
    sync();
    assertThat(count("cw_messages")).isEqualTo(18);

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_new_message_waits_for_no_limit_behind_those_that_are_stored_already() {
    long conversation = conversation(40);
    syncUntilComplete();
    long edited = chatwoot.account().messages().of(conversation).get(30).id();
    chatwoot.account().messages().edit(edited, "Another question about the same parcel, please.");
    chatwoot.account().messages().incoming(conversation, text(conversation, 41));
    chatwoot.requests().reset();

    JobRun run = sync();

    assertComplete(run);
    assertThat(run.result().path("messages").asInt()).isEqualTo(2);
    assertThat(chatwoot.requests().count("GET /conversations/:id/messages")).isEqualTo(1);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_conversation_of_many_windows_is_read_some_at_a_time_though_it_is_stored_already()
      throws Exception {
    conversation(1_100);
    var source = sources.ofProject(project()).getFirst();
    var client = clients.open(accounts.accountOf(source).orElseThrow(), Pause.checking(() -> {}));
    var run = new SourceRun(source, client, new SyncCounts(), () -> {}, 1);
    sync();
    conversations.readWhole(run, reading.unread(source.id(), null, 1).getFirst());
    assertThat(count("cw_messages")).isEqualTo(1_100);
    jdbc.sql("update cw_conversations set messages_read_at = null").update();

    conversations.read(run, reading.unread(source.id(), null, 1).getFirst(), 7, 1);
    UnreadConversation left = reading.unread(source.id(), null, 1).getFirst();
    conversations.read(run, left, 7, 1);

    assertThat(left.cursor()).isNotNull();
    assertThat(left.cursor().from()).isGreaterThan(900);
    assertThat(reading.unread(source.id(), null, 1)).isEmpty();
  }

  @Test
  void what_changes_behind_a_first_walk_is_listed_before_the_walk_is_through() {
    long first = conversation(1);
    for (int i = 0; i < 120; i++) {
      conversation(1);
    }
    sync();
    chatwoot.account().messages().incoming(first, "Is anybody there? The parcel has not come.");

    JobRun second = sync();

    assertThat(second.result().path("complete_reason").asString()).contains("is walked up to page");
    assertThat(second.result().path("cursor_ts").isNull()).isTrue();
    assertThat(
            count(
                "cw_conversations where last_activity_at > now() - interval '1 hour' and"
                    + " conversation_id = "
                    + first))
        .isEqualTo(1);
  }

  @Test
  void no_more_requests_to_an_account_than_allowed_are_under_way_whoever_makes_them()
      throws Exception {
    long conversation = conversation(2);
    sync();
    chatwoot.faults().add(Fault.slow(Duration.ofMillis(200)).times(1000));
    chatwoot.requests().reset();
    var account = accounts.accountOf(sources.ofProject(project()).getFirst()).orElseThrow();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        // Each run and each hint opens its own.
        var client = clients.open(account, Pause.checking(() -> {}));
        reads.add(threads.submit(() -> client.conversation(conversation)));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    }

    assertThat(chatwoot.requests().maxConcurrency()).isEqualTo(1);
  }

  @Test
  void a_wait_that_the_server_asks_for_holds_those_who_are_next_in_turn_too() throws Exception {
    long conversation = conversation(2);
    sync();
    var account = accounts.accountOf(sources.ofProject(project()).getFirst()).orElseThrow();
    Duration wait = Duration.ofSeconds(1);
    chatwoot.faults().add(Fault.throttled(wait).times(1));
    chatwoot.requests().reset();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reads = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        var client = clients.open(account, Pause.checking(() -> {}));
        reads.add(threads.submit(() -> client.conversation(conversation)));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    }

    List<RecordedRequest> made = chatwoot.requests().list();
    assertThat(made).hasSize(6);
    assertThat(made.getFirst().status()).isEqualTo(429);
    assertThat(made.subList(1, 6))
        .allMatch(request -> !request.at().isBefore(made.getFirst().at().plus(wait)));
  }

  @Test
  void a_wait_of_minutes_that_the_server_asks_for_ends_those_who_come_before_its_end_unasked() {
    long conversation = conversation(1);
    var account = accounts.accountOf(sources.ofProject(project()).getFirst()).orElseThrow();
    Duration second = Duration.ofSeconds(1);
    var limits = new ChatwootLimits(1_000_000, 1, second, second, second, 1 << 20, second);
    // Of its own, for the wait is longer than the other tests.
    var server =
        new ChatwootClients(limits, Clock.systemUTC(), new SimpleMeterRegistry(), Traces.none());
    chatwoot.faults().add(Fault.throttled(Duration.ofMinutes(10)).times(1));
    chatwoot.requests().reset();

    for (int i = 0; i < 3; i++) {
      var client = server.open(account, Pause.checking(() -> {}));
      assertThatThrownBy(() -> client.conversation(conversation))
          .isInstanceOfSatisfying(
              ChatwootException.class,
              failure -> {
                assertThat(failure.kind()).isEqualTo(ChatwootException.Kind.RATE_LIMITED);
                assertThat(failure.retryAfter())
                    .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
              });
    }

    assertThat(chatwoot.requests().list()).hasSize(1);
  }

  @Test
  void one_that_is_not_available_for_a_while_holds_no_other_request() throws Exception {
    long away = conversation(1);
    long there = conversation(1);
    var account = accounts.accountOf(sources.ofProject(project()).getFirst()).orElseThrow();
    chatwoot
        .faults()
        .add(Fault.unavailable(Duration.ofSeconds(90)).on("conversations/" + away + "$").always());
    CountDownLatch refused = new CountDownLatch(1);
    AtomicBoolean stop = new AtomicBoolean();
    chatwoot.beforeRequest(request -> refused.countDown());

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = clients.open(account, Pause.checking(() -> assertThat(stop).isFalse()));
      Future<?> first = threads.submit(() -> waiting.conversation(away));
      assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
      var other = clients.open(account, Pause.checking(() -> assertThat(stop).isFalse()));
      try {
        Future<?> second = threads.submit(() -> other.conversation(there));
        assertThat(second.get(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(first).isNotDone();
      } finally {
        stop.set(true);
      }
    }
  }

  private void listedContacts(int number, Instant from) {
    for (int i = 0; i < number; i++) {
      String address = "listed.%d@example.com".formatted(from.getEpochSecond() + i);
      chatwoot
          .account()
          .at(from.plusSeconds(i), () -> chatwoot.account().contacts().add("Listed", address));
    }
  }

  /** As if the contact list had been read last, or its walk had begun, a day ago. */
  private void contactsListedADayAgo() {
    jdbc.sql(
            """
            update sync_watermarks set meta = jsonb_set(meta, '{people,listed_until}',
              to_jsonb(to_char(now() - interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
            """)
        .update();
  }

  private static boolean walksContacts(JobRun run) {
    return run.result().path("complete_reason").asString("").contains("contact list");
  }

  private void syncUntilContactsAreListed() {
    for (int runs = 0; runs < 12 && walksContacts(sync()); runs++) {}
  }

  @Test
  void a_contact_list_that_takes_many_runs_is_walked_once_however_many_come_meanwhile() {
    listedContacts(40, Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(walksContacts(sync())).isTrue();
    contactsListedADayAgo();
    listedContacts(40, Instant.now().minus(Duration.ofHours(10)));
    syncUntilContactsAreListed();
    assertThat(count("cw_contacts")).isEqualTo(80);
    chatwoot.requests().reset();

    assertComplete(sync());

    // A page of the newest is enough.
    assertThat(chatwoot.requests().count("GET /contacts")).isEqualTo(1);
  }

  @Test
  void more_new_contacts_than_a_run_reads_are_walked_from_where_they_begin() {
    listedContacts(70, Instant.parse("2026-01-01T00:00:00Z"));
    syncUntilContactsAreListed();
    contactsListedADayAgo();
    listedContacts(60, Instant.now().minus(Duration.ofHours(10)));
    chatwoot.requests().reset();

    assertThat(walksContacts(sync())).isTrue();
    syncUntilContactsAreListed();

    assertThat(count("cw_contacts")).isEqualTo(130);
    assertComplete(sync());
    assertThat(chatwoot.requests().list())
        .noneMatch(request -> request.target().matches(".*sort=created_at&page=[123]"));
  }

  @Test
  void a_walk_in_place_of_a_too_large_answer_leads_back_to_short_ones() {
    chatwoot.settings().conversationsPerPage(5);
    for (int i = 0; i < 25; i++) {
      conversation(1);
    }
    syncUntilComplete();
    jdbc.sql(
            """
            update sync_watermarks set meta = jsonb_set(meta, '{listing,listed_until}',
              to_jsonb(to_char(now() - interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
            """)
        .update();
    // What changed within more than a quarter of an hour is too much for one answer.
    chatwoot.faults().add(Fault.status(500).on("updated_within=\\d{4,}").always());
    edit(20, "An edit from before the walk, in the middle of the list.");
    sync();
    edit(1, "An edit behind the walk, in the oldest conversation.");

    JobRun second = sync();

    assertThat(second.result().path("complete_reason").asString()).contains("is walked up to page");
    assertThat(count("rag_chunks where text like 'An edit behind the walk%'")).isEqualTo(1);
    syncUntilComplete();
    chatwoot.requests().reset();
    assertComplete(sync());
    assertThat(chatwoot.requests().list())
        .noneMatch(request -> request.target().contains("created_at_asc"));
    Truths.assertStored(jdbc, chatwoot);
  }

  private void edit(long conversation, String text) {
    long message = chatwoot.account().messages().of(conversation).getFirst().id();
    chatwoot.account().messages().edit(message, text);
  }

  private void syncUntilComplete() {
    for (int runs = 0; runs < 12 && !sync().result().path("complete").asBoolean(false); runs++) {}
  }
}
