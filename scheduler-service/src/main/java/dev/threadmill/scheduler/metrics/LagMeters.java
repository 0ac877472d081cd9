package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.event.Topic;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.metrics.Gauges;
import dev.threadmill.core.metrics.Gauges.Row;
import dev.threadmill.scheduler.metrics.BrokerOffsets.Answer;
import dev.threadmill.scheduler.metrics.BrokerOffsets.Position;
import dev.threadmill.scheduler.metrics.BrokerOffsets.Reader;
import dev.threadmill.scheduler.sweep.Sweep;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** How far the consumers are behind, in records and in seconds, and how many dead letters lie. */
@Component
class LagMeters implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(LagMeters.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  /** While the broker is away, or was not reached yet. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private final BrokerOffsets offsets;
  private final KafkaConnection kafka;
  private final LagHistory history = new LagHistory();
  private final Gauges records;
  private final Gauges seconds;
  private final Gauges deadLetters;
  private boolean said;
  private volatile long readAt = System.nanoTime();

  LagMeters(BrokerOffsets offsets, KafkaConnection kafka, MeterRegistry registry) {
    this.offsets = offsets;
    this.kafka = kafka;
    records =
        new Gauges(
            registry, "threadmill.kafka.lag.records", "Records that a group has not taken yet");
    seconds =
        new Gauges(
            registry,
            "threadmill.kafka.lag.seconds",
            "For how long the oldest of them has been there");
    deadLetters =
        new Gauges(
            registry, "threadmill.dead.letters.stored", "Records in the topics of dead letters");
  }

  @Override
  public String name() {
    return "metrics of the consumers";
  }

  @Override
  public Duration sweep() {
    if (!kafka.isUp()) {
      return SOON;
    }
    try {
      show(offsets.read());
      readAt = System.nanoTime();
      said = false;
      return EVERY;
    } catch (ExecutionException | TimeoutException | KafkaException failed) {
      // The watch over the broker tells when it is away; what else it may be is said once.
      if (!said && kafka.isUp()) {
        log.warn("the consumers' lag could not be read: {}", failed.toString());
        said = true;
      }
      return SOON;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return EVERY;
    }
  }

  /** Shows nothing where the broker was read so long ago. */
  void forgetAfter(Duration age) {
    if (System.nanoTime() - readAt >= age.toNanos()) {
      Stream.of(records, seconds, deadLetters).forEach(gauge -> gauge.show(List.of()));
    }
  }

  private void show(Answer answer) {
    Duration now = Duration.ofNanos(System.nanoTime());
    List<Row> lag = new ArrayList<>();
    List<Row> late = new ArrayList<>();
    Map<Topic, Double> dead = new EnumMap<>(Topic.class);
    answer
        .positions()
        .forEach(
            (reader, positions) -> {
              Tags tags = Tags.of("group", reader.group(), "topic", reader.topic().topicName());
              lag.add(
                  new Row(tags, (double) positions.stream().mapToLong(Position::records).sum()));
              late.add(new Row(tags, behind(positions, now).toMillis() / 1000.0));
            });
    for (Reader reader : BrokerOffsets.READERS) {
      dead.merge(
          reader.topic(),
          (double) answer.deadLetters().getOrDefault(reader, 0L),
          (one, other) -> one + other);
    }
    records.show(lag);
    seconds.show(late);
    deadLetters.show(
        dead.entrySet().stream()
            .map(entry -> new Row(Tags.of("topic", entry.getKey().topicName()), entry.getValue()))
            .toList());
  }

  private Duration behind(List<Position> positions, Duration now) {
    Duration longest = Duration.ZERO;
    for (Position position : positions) {
      Duration behind = history.behind(position, now);
      longest = behind.compareTo(longest) > 0 ? behind : longest;
    }
    return longest;
  }
}
