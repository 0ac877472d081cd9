package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.context.TestPropertySource;

/**
 * The same without any comparison: what moves a conversation's time must be found by the lists
 * alone, by each sync that calls itself complete.
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

    play(random, new RandomAccount(chatwoot.account(), random.nextLong(), true));
    boolean complete = false;
    String last = "";
    for (int runs = 0; runs < 20 && !complete; runs++) {
      dueNow();
      SourceResult result = run(Integer.MAX_VALUE);
      last = result.result().toString();
      complete = Boolean.TRUE.equals(result.result().get("complete"));
    }

    assertThat(complete).as("seed %d: complete; at last %s", seed, last).isTrue();
    truth().assertConversationsStored(seed);
    truth().assertListedContactsKnown(seed);
  }
}
