package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * Traffic on a stack whose processes are killed, frozen and restarted, while Chatwoot and the
 * provider fail in turns, all of it drawn from a seed; then quiet, and a look whether all is right.
 */
record ChaosStory(FaultStack faults, long seed, int embedWorkers) {
  void happensFor(Duration time) throws Exception {
    System.out.println("the chaos story has the seed " + seed + " (-Dthreadmill.chaos.seed)");
    Havoc havoc = new Havoc(faults, seed, embedWorkers);
    Traffic traffic = new Traffic(faults, seed);
    traffic.fill(15);
    try {
      traffic.start();
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < end) {
        havoc.once();
      }
    } finally {
      traffic.close();
      havoc.end();
    }
    String story = "seed " + seed + ": " + havoc.story() + "; answers " + traffic.answers();
    System.out.println("chaos story, " + story);

    new Settling(faults, story).settle(havoc.dead());

    AccountTruth truth = new AccountTruth(faults, story);
    truth.assertStored();
    truth.assertEmbedded();
    assertThat(traffic.wrongAnswers()).as(story).isEmpty();
    assertThat(faults.repeated(traffic.texts())).as(story).isLessThanOrEqualTo(havoc.inFlight());
    new Leftovers(faults, story).assertNone();
  }
}
