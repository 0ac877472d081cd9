package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.context.TestPropertySource;

/**
 * The same without any comparison: what moves a conversation's time must be found by the lists
 * alone, by each sync that calls itself complete, as of the time that it names. Deletions leave no
 * trace in a list, but must not hide anything else.
 */
@TestPropertySource(
    properties = {
      "CHATWOOT_CONVERSATIONS_LIMIT=40",
      "CHATWOOT_PAGES_LIMIT=6",
      "CHATWOOT_MESSAGES_LIMIT=50",
      "CHATWOOT_RECONCILE_LIMIT=0",
      "CHATWOOT_TIMEOUT_MS=300",
      "CHATWOOT_BODY_TIMEOUT_MS=300",
      "CHATWOOT_BACK_OFF_MS=4"
    })
class WhatListsShowIT extends RandomRuns {
  static LongStream seeds() {
    return seeds(5, 3);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void a_complete_sync_holds_everything_that_the_lists_show(long seed) {
    Random random = new Random(seed);
    chatwoot.settings().supportUpdatedWithin(random.nextInt(3) > 0);

    play(random, new RandomAccount(chatwoot.account(), random.nextLong(), true));
    Instant quiet = Instant.now();
    AtomicInteger runs = new AtomicInteger();
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              runs.incrementAndGet();
              syncCompletely(seed, quiet);
            });

    assertThat(runs.get()).as("seed %d: runs", seed).isLessThanOrEqualTo(20);
    truth().assertConversationsShown(seed);
    truth().assertListedContactsKnown(seed);
  }

  private void syncCompletely(long seed, Instant quiet) {
    dueNow();
    Map<String, Object> result = run(Integer.MAX_VALUE).result();
    assertThat(result.get("complete")).as("seed %d: complete; %s", seed, result).isEqualTo(true);
    assertThat(Instant.parse(result.get("complete_as_of").toString()))
        .as("seed %d: complete as of", seed)
        .isAfter(quiet);
  }
}
