package dev.threadmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What was measured, as a table for people and as JSON. */
public final class Report {
  private final List<Result> results = new ArrayList<>();

  /** Says on the terminal what goes on. */
  public void say(String line) {
    System.out.println(line);
  }

  /** Higher is better: a rate. */
  public void rate(
      String scenario, String unit, Samples ours, String beside, Samples theirs, Usage usage) {
    add(
        scenario,
        unit,
        ours,
        beside,
        theirs,
        theirs.median() == 0 ? 0 : ours.median() / theirs.median(),
        usage);
  }

  /** Lower is better: a duration or a count of requests. */
  public void cost(
      String scenario, String unit, Samples ours, String beside, Samples theirs, Usage usage) {
    add(
        scenario,
        unit,
        ours,
        beside,
        theirs,
        ours.median() == 0 ? 0 : theirs.median() / ours.median(),
        usage);
  }

  private void add(
      String scenario,
      String unit,
      Samples ours,
      String beside,
      Samples theirs,
      double ratio,
      Usage usage) {
    var result =
        new Result(
            scenario,
            unit,
            ours.median(),
            beside,
            theirs.median(),
            ratio,
            usage.cpuSeconds(),
            usage.peakMegabytes(),
            ours + " | " + theirs);
    results.add(result);
    say(line(result));
  }

  void print() {
    say("");
    say(
        "%-44s %-10s %10s  %-34s %10s %7s %7s %8s"
            .formatted(
                "scenario", "unit", "ours", "beside", "theirs", "ratio", "cpu s", "peak MB"));
    results.forEach(result -> say(line(result)));
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("at", Instant.now().toString());
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("java", System.getProperty("java.vm.version", ""));
    all.put("results", results);
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(all));
  }

  private static String line(Result result) {
    return String.format(
        Locale.ROOT,
        "%-44s %-10s %10.1f  %-34s %10.1f %7.2f %7.1f %8d",
        result.scenario(),
        result.unit(),
        result.ours(),
        result.beside() == null ? "" : result.beside(),
        result.theirs(),
        result.ratio(),
        result.cpuSeconds(),
        result.peakMegabytes());
  }
}
