package dev.threadmill.scheduler.metrics;

import dev.threadmill.scheduler.metrics.BrokerOffsets.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Remembers when each partition ended where, and so for how long a record lies unread, without
 * reading it. Not longer ago than this process has been looking, and two hours at the most.
 */
final class LagHistory {
  private static final Duration KEPT = Duration.ofHours(2);

  private final Map<TopicPartition, Deque<Seen>> ends = new HashMap<>();

  /** From this time on the partition ended there, or later. */
  private record Seen(Duration at, long end) {}

  /**
   * @param now any clock that only goes forward
   * @return for how long the record that comes next has been there; zero when there is none
   */
  Duration behind(Position position, Duration now) {
    Deque<Seen> seen = ends.computeIfAbsent(position.partition(), partition -> new ArrayDeque<>());
    if (!seen.isEmpty() && seen.getLast().end() > position.end()) {
      // The topic was made anew.
      seen.clear();
    }
    if (seen.isEmpty() || seen.getLast().end() < position.end()) {
      seen.addLast(new Seen(now, position.end()));
    }
    Iterator<Seen> oldestFirst = seen.iterator();
    Duration behind = Duration.ZERO;
    while (oldestFirst.hasNext() && position.records() > 0) {
      Seen there = oldestFirst.next();
      if (there.end() > position.next()) {
        behind = now.minus(there.at());
        break;
      }
    }
    // The last stays: it says that nothing was written since.
    while (seen.size() > 1 && now.minus(seen.getFirst().at()).compareTo(KEPT) > 0) {
      seen.removeFirst();
    }
    return behind;
  }
}
