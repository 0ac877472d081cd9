package dev.threadmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What was measured, as a table for people and as JSON. */
public final class Report {
  private static final String LINE = "%-58s %-10s %8s %6s  %-28s %8s %6s %6s %6s %8s %9s";

  private final List<Result> results = new ArrayList<>();
  private final Map<Goal, Double> goals = new EnumMap<>(Goal.class);
  private final Map<String, Double> minutes = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private final Map<String, String> versions;

  /**
   * @param versions of what was measured and measured with, by their names
   */
  Report(Map<String, String> versions) {
    this.versions = versions;
  }

  /** Says on the terminal what goes on. */
  public void say(String line) {
    System.out.println(line);
  }

  /** Higher is better: a rate. */
  public void rate(
      String scenario, String unit, Samples ours, String beside, Samples theirs, Usage usage) {
    add(scenario, unit, ours, beside, theirs, ratio(ours, theirs), usage, 0);
  }

  /** Lower is better: a duration or a count of requests. */
  public void cost(
      String scenario, String unit, Samples ours, String beside, Samples theirs, Usage usage) {
    add(scenario, unit, ours, beside, theirs, ratio(theirs, ours), usage, 0);
  }

  /** What is compared with nothing. */
  public void value(String scenario, String unit, Samples ours) {
    add(scenario, unit, ours, null, new Samples(), 0, Usage.UNKNOWN, 0);
  }

  /**
   * The time of one call, and what it allocates.
   *
   * @param beside null when it is compared with nothing
   */
  public void operation(
      String scenario,
      String unit,
      Samples ours,
      long bytes,
      @Nullable String beside,
      Samples theirs) {
    add(scenario, unit, ours, beside, theirs, ratio(theirs, ours), Usage.UNKNOWN, bytes);
  }

  /** A goal's value; of several in one run the worst counts. */
  public void goal(Goal goal, double value) {
    goals.merge(goal, value, goal::worse);
  }

  void took(String group, Duration time) {
    minutes.put(group, Math.round(time.toSeconds() / 6.0) / 10.0);
    say("%s took %.1f minutes".formatted(group, minutes.get(group)));
  }

  /** The others go on: a number less is no reason to lose all. */
  void failed(String group, Throwable why) {
    failures.put(group, String.valueOf(why.getMessage()));
    say("%s FAILED: %s".formatted(group, why));
  }

  boolean failed() {
    return !failures.isEmpty();
  }

  private static double ratio(Samples better, Samples worse) {
    return worse.median() == 0 ? 0 : better.median() / worse.median();
  }

  private void add(
      String scenario,
      String unit,
      Samples ours,
      @Nullable String beside,
      Samples theirs,
      double ratio,
      Usage usage,
      long bytes) {
    var result =
        new Result(
            scenario,
            unit,
            ours.median(),
            beside,
            theirs.median(),
            ratio,
            ours.spread(),
            theirs.spread(),
            usage.cpuSeconds(),
            usage.peakMegabytes(),
            bytes,
            ours + " | " + theirs);
    results.add(result);
    say(line(result));
  }

  void print() {
    say("");
    say(
        LINE.formatted(
            "scenario",
            "unit",
            "ours",
            "±",
            "beside",
            "theirs",
            "±",
            "ratio",
            "cpu s",
            "peak MB",
            "B/op"));
    results.forEach(result -> say(line(result)));
    say("");
    say("%-72s %-14s %9s  %s".formatted("goal", "wanted", "measured", ""));
    for (Goal goal : Goal.values()) {
      Double value = goals.get(goal);
      say(
          "%-72s %-14s %9s  %s"
              .formatted(
                  goal.what(),
                  goal.wanted(),
                  value == null ? "" : Goal.number(value),
                  verdict(goal)));
    }
    say("");
    minutes.forEach((group, took) -> say("%-12s %5.1f minutes".formatted(group, took)));
    failures.forEach((group, why) -> say("%s FAILED: %s".formatted(group, why)));
  }

  private String verdict(Goal goal) {
    if (failures.containsKey(goal.group())) {
      return "MISSED: the group failed";
    }
    Double value = goals.get(goal);
    if (value != null) {
      return goal.met(value) ? "met" : "MISSED";
    }
    return minutes.containsKey(goal.group())
        ? "MISSED: not measured"
        : "not run: ONLY=" + goal.group();
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("at", Instant.now().toString());
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("java", System.getProperty("java.vm.version", ""));
    all.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.putAll(versions);
    all.put("results", results);
    all.put("goals", goalsForMachines());
    all.put("minutes", minutes);
    all.put("failures", failures);
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(all));
  }

  private List<Map<String, Object>> goalsForMachines() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Goal goal : Goal.values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("group", goal.group());
      one.put("goal", goal.what());
      one.put("wanted", goal.wanted());
      one.put("measured", goals.get(goal));
      one.put("verdict", verdict(goal));
      all.add(one);
    }
    return all;
  }

  private static String line(Result result) {
    boolean alone = result.beside() == null;
    return LINE.formatted(
            result.scenario(),
            result.unit(),
            Goal.number(result.ours()),
            share(result.spread()),
            alone ? "" : result.beside(),
            alone ? "" : Goal.number(result.theirs()),
            alone ? "" : share(result.theirSpread()),
            alone ? "" : one("%.2f", result.ratio()),
            result.cpuSeconds() == 0 ? "" : one("%.1f", result.cpuSeconds()),
            result.peakMegabytes() == 0 ? "" : result.peakMegabytes(),
            result.bytes() == 0 ? "" : result.bytes())
        .stripTrailing();
  }

  /** Of one value there is none to tell. */
  private static String share(double spread) {
    return spread == 0 ? "" : one("%.0f %%", 100 * spread);
  }

  private static String one(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
