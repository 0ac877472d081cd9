package dev.threadmill.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The table of docs/metrics.md. */
final class MetricsPage {
  private static final Path PAGE =
      Path.of(System.getProperty("threadmill.root"), "docs", "metrics.md");
  private static final Pattern QUOTED = Pattern.compile("`([a-z_]+)`");

  private MetricsPage() {}

  /** One of our own metrics, as it is documented. */
  record Metric(String name, String type, Set<String> labels, Set<String> services) {}

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
        new TreeSet<>(List.of(cells[4].strip().split(", "))));
  }

  private static Set<String> quoted(String cell) {
    Set<String> names = new TreeSet<>();
    QUOTED.matcher(cell).results().forEach(name -> names.add(name.group(1)));
    return names;
  }
}
