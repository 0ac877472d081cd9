package dev.threadmill.core.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.RealServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class TickLogIT extends RealServers {
  /** So long that no test crosses the border of two. */
  private static final Duration AGE = Duration.ofDays(10_000);

  @Autowired private TickLog log;

  @Test
  void replicas_at_once_file_one_tick_per_interval() throws Exception {
    List<Optional<Tick>> filed = atOnce(8, () -> log.requestForInterval(AGE, 100));

    assertThat(filed).filteredOn(Optional::isPresent).hasSize(1);
    assertThat(log.requestForInterval(AGE, 100)).isEmpty();
  }

  @Test
  void the_next_interval_begins_when_the_database_says_so() {
    Duration rest = log.untilNextInterval(Duration.ofSeconds(60));

    assertThat(rest).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void a_tick_is_taken_once_however_many_try() throws Exception {
    Tick tick = log.requestManual(null, 100);

    List<Optional<Tick>> taken = atOnce(8, () -> log.take(tick.id()));

    assertThat(taken).filteredOn(Optional::isPresent).containsExactly(Optional.of(tick));
  }

  @Test
  void a_tick_that_nobody_processed_is_found_until_somebody_takes_it() {
    Tick tick = log.requestManual(newProject(), 100);
    assertThat(log.unprocessed(Duration.ofSeconds(3), 1000)).doesNotContain(tick);
    age(tick, "4 s");

    assertThat(log.unprocessed(Duration.ofSeconds(3), 1000)).contains(tick);

    assertThat(log.take(tick.id())).isPresent();
    assertThat(log.unprocessed(Duration.ofSeconds(3), 1000)).doesNotContain(tick);
  }

  @Test
  void an_outcome_is_unknown_then_open_then_claimed() {
    assertThat(log.outcome(UUID.randomUUID())).isEmpty();
    Tick tick = log.requestManual(null, 100);
    assertThat(log.outcome(tick.id()).orElseThrow().claimed()).isFalse();

    assertThat(log.take(tick.id())).isPresent();

    assertThat(log.outcome(tick.id()).orElseThrow().finished()).isTrue();
  }

  @Test
  void old_ticks_are_deleted_in_batches_and_young_ones_stay() {
    Tick young = log.requestManual(null, 100);
    for (int i = 0; i < 3; i++) {
      age(log.requestManual(null, 100), "5 days");
    }

    assertThat(log.prune(Duration.ofDays(3), 2)).isEqualTo(2);
    assertThat(log.prune(Duration.ofDays(3), 2)).isEqualTo(1);
    assertThat(log.outcome(young.id())).isPresent();
  }

  @Test
  void the_timers_last_processed_tick_stays_however_old_it_is() {
    List<UUID> ticks =
        jdbc.sql(
                """
                insert into scheduler_ticks (trigger, max_due, slot, requested_at, processed_at)
                select 'timer', 100, at, at, at from generate_series(now() - interval '6 days', now() - interval '4 days',
                  interval '1 day') at
                returning id
                """)
            .query(UUID.class)
            .list();

    log.prune(Duration.ofDays(3), 1000);

    assertThat(ticks.stream().filter(tick -> log.find(tick).isPresent()))
        .containsExactly(ticks.getLast());
  }

  private void age(Tick tick, String by) {
    jdbc.sql("update scheduler_ticks set requested_at = now() - :by::interval where id = :id")
        .param("by", by)
        .param("id", tick.id())
        .update();
  }

  private static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
    List<T> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(times)) {
      for (Future<T> answer : threads.invokeAll(Collections.nCopies(times, call))) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
