package dev.threadmill.bench.gateway;

import dev.threadmill.bench.Samples;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Milliseconds of requests, one after the other, and what they come to. */
final class Percentiles {
  private Percentiles() {}

  /** One request. */
  interface Call {
    void make(int number) throws Exception;
  }

  /** The time that 95 of 100 calls do not exceed, in milliseconds. */
  static double p95(int calls, Call call) throws Exception {
    double[] millis = new double[calls];
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      call.make(i);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    return p95(Arrays.stream(millis));
  }

  static double p95(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[(int) Math.ceil(sorted.length * 0.95) - 1];
  }

  /** That of several rounds. */
  static Samples p95(int rounds, int calls, Call call) throws Exception {
    Samples samples = new Samples();
    for (int round = 0; round < rounds; round++) {
      samples.add(p95(calls, call));
    }
    return samples;
  }
}
