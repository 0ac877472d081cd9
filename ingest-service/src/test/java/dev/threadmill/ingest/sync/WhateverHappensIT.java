package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.context.TestPropertySource;

/**
 * One property: whatever happens to an account, to the way there, to the database and to the runs,
 * once it stops the next runs and a comparison make the tables equal to the account, row by row.
 */
@TestPropertySource(
    properties = {
      "CHATWOOT_CONVERSATIONS_LIMIT=40",
      "CHATWOOT_PAGES_LIMIT=6",
      "CHATWOOT_MESSAGES_LIMIT=50",
      "CHATWOOT_RECONCILE_HOURS=0",
      "CHATWOOT_TIMEOUT_MS=300",
      "CHATWOOT_BODY_TIMEOUT_MS=300",
      "CHATWOOT_BACK_OFF_MS=4"
    })
class WhateverHappensIT extends RandomRuns {
  static LongStream seeds() {
    return seeds(6, 4);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void in_the_end_the_tables_are_what_the_account_is(long seed) {
    Random random = new Random(seed);
    chatwoot.settings().supportUpdatedWithin(random.nextInt(4) > 0);
    chatwoot.settings().showConversationUpdatedAt(random.nextInt(8) > 0);

    play(random, new RandomAccount(chatwoot.account(), random.nextLong(), false));
    runUntilComparedTwice(seed);

    truth().assertStored(seed);
  }

  /** The first comparison heals; what it made unread or suspect is settled by the second. */
  private void runUntilComparedTwice(long seed) {
    int passes = 0;
    String last = "";
    for (int runs = 0; runs < 30 && passes < 2; runs++) {
      dueNow();
      SourceResult result = run(Integer.MAX_VALUE);
      // With timeouts this short a busy machine fails a run now and then; the next one goes on.
      last = result.failure() == null ? result.result().toString() : result.failure().toString();
      boolean complete = Boolean.TRUE.equals(result.result().get("complete"));
      boolean through =
          count(
                  """
                  sync_watermarks where meta -> 'reconciliation' ->> 'started_at' is null
                  and meta -> 'reconciliation' ->> 'last' is not null
                  """)
              == 1;
      passes += complete && through ? 1 : 0;
    }
    assertThat(passes).as("seed %d: whole comparisons; at last %s", seed, last).isEqualTo(2);
  }
}
