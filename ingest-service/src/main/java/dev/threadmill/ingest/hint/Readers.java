package dev.threadmill.ingest.hint;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Who reads hints in this process: few at once, fewer of one source, and of a source whose server
 * does not answer one at a time with growing rests between. So a server that hangs leaves readers
 * to all other sources.
 */
@Component
class Readers {
  /** Together with a full sync's reads they share the limiter and the pool of connections. */
  static final int AT_ONCE = 4;

  static final int AT_ONCE_PER_SOURCE = 2;
  static final Duration FIRST_REST = Duration.ofSeconds(5);
  static final Duration LONGEST_REST = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Set<Hint.Key> reading = new HashSet<>();
  private final Map<UUID, Rest> resting = new HashMap<>();

  /** A source whose server does not answer, until it does. */
  private record Rest(Instant until, Duration length) {}

  Readers(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Whether a reader may take this hint now. Who got a yes calls {@link #leave} when it is done.
   */
  synchronized boolean admit(Hint.Key key) {
    return reading.size() < AT_ONCE && !isClosed(key.sourceId()) && reading.add(key);
  }

  synchronized void leave(Hint.Key key) {
    reading.remove(key);
    notifyAll();
  }

  /** Waits until nobody reads, but not longer than this. */
  synchronized void awaitNone(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    try {
      for (long left = most.toMillis(); !reading.isEmpty() && left > 0; ) {
        wait(left);
        left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  /** The sources that get no further reader now. */
  synchronized Set<UUID> closed() {
    return Stream.concat(reading.stream().map(Hint.Key::sourceId), resting.keySet().stream())
        .filter(this::isClosed)
        .collect(Collectors.toSet());
  }

  /** Those first whose source has the fewest readers, else in the order given. */
  synchronized List<Hint.Key> fewestReadersFirst(List<Hint.Key> keys) {
    return keys.stream().sorted(Comparator.comparingLong(key -> readers(key.sourceId()))).toList();
  }

  /** The source's server did not answer. */
  synchronized void unanswered(UUID source) {
    Rest last = resting.get(source);
    Instant now = clock.instant();
    if (last != null && now.isBefore(last.until())) {
      // Another reader noticed it already.
      return;
    }
    Duration length = last == null ? FIRST_REST : last.length().multipliedBy(2);
    Duration bounded = length.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : length;
    resting.put(source, new Rest(now.plus(bounded), bounded));
  }

  /** The source's server answered, whatever it said. */
  synchronized void answered(UUID source) {
    resting.remove(source);
  }

  private boolean isClosed(UUID source) {
    Rest rest = resting.get(source);
    if (rest == null) {
      return readers(source) >= AT_ONCE_PER_SOURCE;
    }
    return clock.instant().isBefore(rest.until()) || readers(source) > 0;
  }

  private long readers(UUID source) {
    return reading.stream().filter(key -> key.sourceId().equals(source)).count();
  }
}
