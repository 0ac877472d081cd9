package dev.threadmill.bench.gateway;

import dev.threadmill.bench.gateway.Percentiles.Call;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a pace that does not follow the answers, by so many callers that each keeps a
 * connection. A request that waits for one of them has begun when it was due.
 */
final class Flood {
  static final int CALLERS = 64;

  private Flood() {}

  /**
   * @param answered a second, until the last one was
   * @param millis of each request since it was due, in ascending order
   */
  record Outcome(double answered, int failed, double[] millis) {
    /** So many milliseconds this share of the requests did not exceed. */
    double within(double share) {
      return millis[(int) Math.ceil(millis.length * share) - 1];
    }
  }

  static Outcome at(int aSecond, int seconds, Call call) throws InterruptedException {
    int all = aSecond * seconds;
    double[] millis = new double[all];
    AtomicInteger failed = new AtomicInteger();
    long start = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (int i = 0; i < all; i++) {
        int number = i;
        long due = start + number * (TimeUnit.SECONDS.toNanos(1) / aSecond);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        callers.execute(
            () -> {
              try {
                call.make(number);
              } catch (Exception failure) {
                failed.incrementAndGet();
              } finally {
                millis[number] = (System.nanoTime() - due) / 1e6;
              }
            });
      }
    }
    double answered = all / ((System.nanoTime() - start) / 1e9);
    Arrays.sort(millis);
    return new Outcome(answered, failed.get(), millis);
  }
}
