package dev.threadmill.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of docs/metrics.md. */
final class MetricsPage {
  private static final Path PAGE =
      Path.of(System.getProperty("threadmill.root"), "docs", "metrics.md");
  private static final Pattern QUOTED = Pattern.compile("`([a-z_]+)`");

  /** {@code `label` (2: one, other)}. */
  private static final Pattern LISTED =
      Pattern.compile("`([a-z_]+)` \\([0-9]+: ([a-z_]+(?:, [a-z_]+)+)\\)");

  private MetricsPage() {}

  /**
   * One of our own metrics, as it is documented.
   *
   * @param values of those labels whose values are listed
   */
  record Metric(
      String name,
      String type,
      Set<String> labels,
      Map<String, Set<String>> values,
      Set<String> services) {
    /** Whether samples of this name are its own: {@code _bucket} and the like included. */
    boolean shows(String sample) {
      return sample.replaceFirst("^" + name + "(_bucket|_count|_sum|_max)?$", "").isEmpty();
    }
  }

  static List<Metric> metrics() {
    try (var lines = Files.lines(PAGE)) {
      return lines.filter(line -> line.startsWith("| `threadmill_")).map(MetricsPage::row).toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Metric row(String line) {
    String[] cells = line.split("\\|", -1);
    return new Metric(
        cells[1].strip().replace("`", ""),
        cells[2].strip(),
        quoted(cells[3]),
        listed(cells[3]),
        new TreeSet<>(List.of(cells[4].strip().split(", "))));
  }

  private static Set<String> quoted(String cell) {
    Set<String> names = new TreeSet<>();
    QUOTED.matcher(cell).results().forEach(name -> names.add(name.group(1)));
    return names;
  }

  private static Map<String, Set<String>> listed(String cell) {
    return LISTED
        .matcher(cell)
        .results()
        .collect(
            Collectors.toMap(label -> label.group(1), label -> Set.of(label.group(2).split(", "))));
  }
}
