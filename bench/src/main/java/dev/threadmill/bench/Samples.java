package dev.threadmill.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of one scenario, in the order in which they were measured. */
public final class Samples {
  private final List<Double> values = new ArrayList<>();

  public void add(double value) {
    values.add(value);
  }

  /** The middle value, of an even number the lower of the two; 0 when there is none. */
  public double median() {
    return values.isEmpty()
        ? 0
        : values.stream().sorted().skip((values.size() - 1) / 2).findFirst().orElseThrow();
  }

  @Override
  public String toString() {
    return String.join(
        " ", values.stream().map(value -> String.format(Locale.ROOT, "%.4g", value)).toList());
  }
}
