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

  /** Half of what lies between the lowest and the highest, as a share of the median. */
  double spread() {
    var all = values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
    return median() == 0 ? 0 : (all.getMax() - all.getMin()) / 2 / median();
  }

  @Override
  public String toString() {
    return String.join(
        " ", values.stream().map(value -> String.format(Locale.ROOT, "%.4g", value)).toList());
  }
}
