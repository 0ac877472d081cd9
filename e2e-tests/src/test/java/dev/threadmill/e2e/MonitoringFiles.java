package dev.threadmill.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dashboards, rules and alerts, as they lie in deploy. */
final class MonitoringFiles {
  static final Path DEPLOY = Path.of(System.getProperty("threadmill.root"), "deploy");
  static final Path ALERTS = DEPLOY.resolve("prometheus/alerts.yml");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private MonitoringFiles() {}

  /** An expression and where it stands. */
  record Query(String where, String expression) {}

  static List<Query> ofDashboards() {
    List<Query> queries = new ArrayList<>();
    for (Path file : dashboards()) {
      for (JsonNode panel : JSON.readTree(text(file)).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          queries.add(
              new Query(
                  file.getFileName() + ": " + panel.path("title").asString(),
                  target.path("expr").asString()));
        }
      }
    }
    return queries;
  }

  static List<Path> dashboards() {
    try (Stream<Path> files = Files.list(DEPLOY.resolve("grafana/dashboards"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static List<Query> ofRules() {
    return rules().stream()
        .map(
            rule ->
                new Query(
                    "alerts.yml: " + rule.getOrDefault("alert", rule.get("record")),
                    String.valueOf(rule.get("expr"))))
        .toList();
  }

  /** The names that rules record. */
  static List<String> recorded() {
    return rules().stream()
        .filter(rule -> rule.containsKey("record"))
        .map(rule -> String.valueOf(rule.get("record")))
        .toList();
  }

  static List<Map<String, Object>> alerts() {
    return rules().stream().filter(rule -> rule.containsKey("alert")).toList();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> rules() {
    Map<String, Object> file = new Yaml().load(text(ALERTS));
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Map<String, Object> group : (List<Map<String, Object>>) file.get("groups")) {
      rules.addAll((List<Map<String, Object>>) group.get("rules"));
    }
    return rules;
  }

  /** What Prometheus calls the services, in its label {@code job}. */
  @SuppressWarnings("unchecked")
  static String job() {
    Map<String, Object> file = new Yaml().load(text(DEPLOY.resolve("prometheus/prometheus.yml")));
    var scraped = (List<Map<String, Object>>) file.get("scrape_configs");
    return String.valueOf(scraped.getFirst().get("job_name"));
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
