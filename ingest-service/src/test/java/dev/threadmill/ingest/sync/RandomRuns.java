package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.core.run.RunStoppedException.Reason;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.ingest.chatwoot.ChatwootClients;
import dev.threadmill.ingest.chatwoot.Pause;
import dev.threadmill.ingest.source.SourceAccounts;
import dev.threadmill.ingest.text.Chunker;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What a property test plays: random accounts and changes to them, troubles on the way and in the
 * database, and runs that are killed. The seed of a failure is the test's name; {@code
 * -Dthreadmill.seed=} tries that one alone: the same account, changes and troubles are drawn. Which
 * request meets which of them is up to the order of the threads, which no seed repeats, so a rare
 * failure may take several tries.
 */
abstract class RandomRuns extends IngestTest {
  @Autowired private SourceSync sync;
  @Autowired private Sources sources;
  @Autowired private SourceAccounts accounts;
  @Autowired private ChatwootClients clients;
  @Autowired private Chunker chunker;

  static LongStream seeds(int known, int news) {
    Long only = Long.getLong("threadmill.seed");
    // Some that are always the same, and some that nobody has seen.
    return only != null
        ? LongStream.of(only)
        : LongStream.concat(
            LongStream.rangeClosed(1, known), new Random().longs(news, 100, 1_000_000));
  }

  /** Rounds of changes, troubles and killed runs; then all is quiet. */
  void play(Random random, RandomAccount account) {
    chatwoot.settings().conversationsPerPage(5 + random.nextInt(21));
    account.fill(20 + random.nextInt(60));
    for (int round = 0; round < 3; round++) {
      account.change(random.nextInt(25));
      makeTrouble(random);
      changeMeanwhile(account, random.nextLong());
      for (int runs = 1 + random.nextInt(3); runs > 0; runs--) {
        run(random.nextInt(4) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(250));
      }
      peace();
    }
    chatwoot.account().contacts().removeOrphans();
  }

  private void makeTrouble(Random random) {
    for (int left = random.nextInt(7); left > 0; left--) {
      Fault fault =
          switch (random.nextInt(11)) {
            case 0 -> Fault.status(500);
            case 1 -> Fault.status(502);
            case 2 -> Fault.throttled(Duration.ZERO);
            case 3 -> Fault.brokenJson();
            case 4 -> Fault.slow(Duration.ofMillis(600));
            case 5 -> Fault.cut();
            case 6 -> Fault.cutAfterProcessing();
            case 7 -> Fault.stalledBody();
            case 8 -> Fault.truncatedBody();
            case 9 -> Fault.wrongContentType();
            default -> Fault.status(404);
          };
      List<String> where =
          List.of(
              "", "messages", "conversations/\\d+", "created_at_asc", "updated_within", "contacts");
      chatwoot
          .faults()
          .add(
              fault
                  .on(where.get(random.nextInt(where.size())))
                  .times(1 + random.nextInt(8))
                  .afterSkipping(random.nextInt(60)));
    }
  }

  private void changeMeanwhile(RandomAccount account, long seed) {
    Random random = new Random(seed);
    chatwoot.beforeRequest(
        request -> {
          int dice;
          synchronized (random) {
            dice = random.nextInt(1000);
          }
          if (dice < 60) {
            account.change(1);
          } else if (dice < 90) {
            hint(dice);
          } else if (dice == 999) {
            cutDatabaseConnections();
          }
        });
  }

  /** As a webhook does; the sweep lets a reader take it, beside the runs. */
  private void hint(long conversation) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, received_at)
            values (:source, :conversation, clock_timestamp())
            on conflict (source_id, conversation_id) do update set received_at = excluded.received_at
            """)
        .param("source", sources.ofProject(project()).getFirst().id())
        .param("conversation", conversation - 55)
        .update();
  }

  private void cutDatabaseConnections() {
    jdbc.sql(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and state = 'active'
            """)
        .query(Long.class)
        .single();
  }

  private void peace() {
    chatwoot.faults().clear();
    chatwoot.beforeRequest(request -> {});
  }

  /** A run that is killed after so many steps, as a process may be. */
  SourceResult run(int killAfter) {
    AtomicInteger steps = new AtomicInteger();
    Runnable mayGoOn =
        () -> {
          if (steps.incrementAndGet() >= killAfter) {
            throw new RunStoppedException(Reason.LEASE_LOST);
          }
        };
    Source source = sources.ofProject(project()).getFirst();
    var client = clients.open(accounts.accountOf(source).orElseThrow(), Pause.checking(mayGoOn));
    try {
      return sync.sync(new SourceRun(source, client, new SyncCounts(), mayGoOn, 8));
    } catch (RunStoppedException killed) {
      return null;
    }
  }

  /** What waits for its next try is due now. */
  void dueNow() {
    jdbc.sql("update cw_conversations set retry_at = now() where retry_at is not null").update();
    jdbc.sql("update sync_unanswered set retry_at = now()").update();
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::hintsAreRead);
    jdbc.sql("update cw_contacts set recheck_at = now() where recheck_at is not null").update();
    jdbc.sql(
            "update sync_watermarks set meta = jsonb_set(meta, '{people,inboxes_read_at}', 'null')")
        .update();
  }

  private void hintsAreRead() {
    jdbc.sql("update sync_hints set due_at = now() where due_at > now()").update();
    assertThat(count("sync_hints")).isZero();
  }

  WholeTruth truth() {
    return new WholeTruth(jdbc, chatwoot, chunker);
  }
}
