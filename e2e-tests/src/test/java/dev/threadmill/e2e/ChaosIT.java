package dev.threadmill.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chaos suite's short form, {@code make chaos SHORT=yes}: one story of some seconds on one
 * stack, or one for each seed that is asked for. Long enough for half of the deeds there are; other
 * seeds draw other ones.
 */
class ChaosIT {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("threadmill.chaos.short.seconds", 8));

  @TempDir static Path directory;

  @Test
  void after_a_few_faults_drawn_at_random_all_is_as_it_should_be() throws Exception {
    try (var faults = new FaultStack(directory, 1)) {
      for (long seed : FaultsIT.seeds().toArray()) {
        new ChaosStory(faults, seed, 1).happensFor(TIME);
      }
    }
  }
}
