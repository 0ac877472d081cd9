package dev.threadmill.embed.request;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many batches may be under way: slow start, additive increase, multiplicative decrease,
 * between 1 and a maximum, as TCP does it (RFC 5681). Answers that come as quickly as the quickest
 * of their size let it grow, twofold per round until the first trouble, by one per round from then
 * on; answers that take twice as long, and noticeably so, mean that somebody queues, and it shrinks
 * by one per round; trouble halves it.
 */
final class FlightLimit {
  private static final int FIRST = 4;
  private static final double SLOW = 2.0;

  /**
   * Below this nobody queues: a server close by that answers within milliseconds takes several
   * times as long whenever its machine, or this one, does something else for a moment.
   */
  private static final double NOTICEABLE = Duration.ofMillis(100).toNanos();

  /** The best time is forgotten slowly, for the provider may become slower for good. */
  private static final double FORGETTING = 1.01;

  private final int max;

  /** Fair: events, sweep and runs get their turns in the order in which they came. */
  private final Lock lock = new ReentrantLock(true);

  private final Condition changed = lock.newCondition();

  /** Nanoseconds of the quickest answer, by the binary logarithm of the number of texts. */
  private final double[] best = new double[12];

  private double limit;
  private int used;

  /** Nothing was slow yet, and nothing went wrong. */
  private boolean starting = true;

  /** Batches that were under way when it was halved: their trouble is the same. */
  private int sameTrouble;

  FlightLimit(int max) {
    this.max = max;
    this.limit = Math.min(FIRST, max);
  }

  boolean tryAcquire(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    if (!lock.tryLock(Math.max(1, left), TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      while (used >= (int) limit) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      used++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    locked(
        () -> {
          used--;
          sameTrouble = Math.min(sameTrouble, used);
        });
  }

  void answered(int texts, Duration took) {
    locked(
        () -> {
          int size = Math.min(best.length - 1, 31 - Integer.numberOfLeadingZeros(texts));
          double nanos = took.toNanos();
          double quickest = best[size] == 0 ? nanos : Math.min(best[size] * FORGETTING, nanos);
          best[size] = quickest;
          // While it doubles, what is under way lags behind what may be.
          boolean full = used >= (int) (starting ? limit / 2 : limit);
          if (nanos > Math.max(quickest * SLOW, quickest + NOTICEABLE)) {
            limit = Math.max(1, limit - 1 / limit);
            starting = false;
          } else if (full) {
            limit = Math.min(max, limit + (starting ? 1 : 1 / limit));
          }
        });
  }

  void trouble() {
    locked(
        () -> {
          if (sameTrouble > 0) {
            sameTrouble--;
          } else {
            limit = Math.max(1, limit / 2);
            starting = false;
            sameTrouble = Math.max(0, used - 1);
          }
        });
  }

  int max() {
    return max;
  }

  int now() {
    lock.lock();
    try {
      return (int) limit;
    } finally {
      lock.unlock();
    }
  }

  int used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is under way. */
  boolean awaitIdle(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (used > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return used == 0;
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
