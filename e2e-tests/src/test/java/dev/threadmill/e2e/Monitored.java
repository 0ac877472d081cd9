package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.threadmill.e2e.MonitoringFiles.Query;
import dev.threadmill.localstack.RunningStack;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A stack that has worked every job, as who monitors it sees it. */
record Monitored(RunningStack stack) {
  private static final List<String> SERVICES =
      List.of("api-gateway", "ingest-service", "embed-worker", "scheduler-service");

  /** Prometheus' own: whether a process answered it. */
  private static final String UP = "up";

  void showsWhatThePageDocuments() {
    for (String service : SERVICES) {
      Set<String> documented =
          MetricsPage.metrics().stream()
              .filter(metric -> metric.services().contains(service))
              .map(MetricsPage.Metric::name)
              .collect(Collectors.toCollection(TreeSet::new));

      // Some are there when they were read first.
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(ours(service)).as(service).isEqualTo(documented));
    }
    Exposition all = shownByAll();
    for (MetricsPage.Metric metric : MetricsPage.metrics()) {
      boolean counted = Set.of("histogram", "summary").contains(metric.type());
      Map<String, Set<String>> values = all.labels().get(metric.name() + (counted ? "_count" : ""));
      Set<String> labels = new TreeSet<>(values.keySet());
      assertThat(labels.remove("application")).as(metric.name()).isTrue();

      assertThat(all.types().get(metric.name())).as(metric.name()).isEqualTo(metric.type());
      assertThat(labels).as(metric.name()).isEqualTo(metric.labels());
      metric
          .values()
          .forEach(
              (label, listed) ->
                  assertThat(listed)
                      .as("%s by %s", metric.name(), label)
                      .containsAll(values.get(label)));
    }
  }

  /** Without {@code _max}, which goes with each histogram and summary. */
  private Set<String> ours(String service) {
    Set<String> names = Exposition.of(stack.managementUrl(service)).types().keySet();
    return names.stream()
        .filter(name -> name.startsWith("threadmill_"))
        .filter(name -> !(name.endsWith("_max") && names.contains(name.replaceFirst("_max$", ""))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Exposition shownByAll() {
    return SERVICES.stream()
        .map(service -> Exposition.of(stack.managementUrl(service)))
        .reduce(Exposition::plus)
        .orElseThrow();
  }

  /**
   * @param directory for Prometheus, where it is installed
   */
  void showsWhatDashboardsAndAlertsAskFor(Path directory) {
    Exposition shown = shownByAll();
    List<Query> queries = new ArrayList<>(MonitoringFiles.ofDashboards());
    queries.addAll(MonitoringFiles.ofRules());
    assertThat(queries).hasSizeGreaterThan(80);

    queries.forEach(query -> namesOnlyWhatIsShown(query, shown));
    PrometheusServer.program("prometheus")
        .ifPresent(program -> prometheusAnswers(program, queries, directory));
  }

  void answersTheCommandsOfTheRunbooks() throws Exception {
    for (String tool : List.of("curl", "jq")) {
      assumeTrue(
          PrometheusServer.program(tool).isPresent(),
          tool + " is not installed, so the commands of the runbooks were not tested");
    }
    var builder =
        new ProcessBuilder("sh", "-u", "-c", Runbooks.script())
            .directory(Runbooks.ROOT.toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("THREADMILL_URL", stack.url());
    environment.put("THREADMILL_TOKEN", stack.apiToken());
    environment.put("THREADMILL_PROJECT", stack.projectId());
    environment.put("THREADMILL_POLL_SECONDS", "0.2");
    environment.put("GATEWAY", stack.managementUrl("api-gateway"));
    environment.put("INGEST", stack.managementUrl("ingest-service"));
    environment.put("EMBED", stack.managementUrl("embed-worker"));
    environment.put("SCHEDULER", stack.managementUrl("scheduler-service"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();

    assertThat(Runbooks.commands()).hasSizeGreaterThan(30);
    // A shell without pipefail does not see that curl failed before jq, but curl says so.
    assertThat(said)
        .contains("chatwoot_sync")
        .doesNotContain("FAILED with", "FAILED, for", "curl: (");
  }

  private static void namesOnlyWhatIsShown(Query query, Exposition shown) {
    PromQl.Names names = PromQl.of(query.expression());
    assertThat(names.selectors()).as("%s", query).isNotEmpty();
    Set<String> all = new TreeSet<>();
    for (PromQl.Selector selector : names.selectors()) {
      // Prometheus itself adds these two.
      Set<String> known = new TreeSet<>(Set.of("instance", "job"));
      if (!selector.metric().equals(UP)
          && !MonitoringFiles.recorded().contains(selector.metric())) {
        assertThat(shown.labels()).as("%s", query).containsKey(selector.metric());
        known.addAll(shown.labels().get(selector.metric()).keySet());
      }
      assertThat(known).as("%s", query).containsAll(selector.labels());
      selector
          .values()
          .forEach(
              (label, values) ->
                  assertThat(known(selector.metric(), label, shown))
                      .as("%s: %s", query, label)
                      .containsAll(values));
      all.addAll(known);
    }
    assertThat(all).as("%s", query).containsAll(names.grouped());
  }

  /** Values that are shown, and those that the page lists although they did not happen yet. */
  private static Set<String> known(String metric, String label, Exposition shown) {
    Set<String> values =
        new TreeSet<>(shown.labels().getOrDefault(metric, Map.of()).getOrDefault(label, Set.of()));
    if (label.equals("job")) {
      values.add(MonitoringFiles.job());
    }
    MetricsPage.metrics().stream()
        .filter(documented -> documented.shows(metric))
        .forEach(documented -> values.addAll(documented.values().getOrDefault(label, Set.of())));
    return values;
  }

  /** It says whether the queries are right, and has an answer to nearly all of the dashboards'. */
  private void prometheusAnswers(Path program, List<Query> queries, Path directory) {
    List<String> targets = SERVICES.stream().map(stack::managementUrl).toList();
    List<Query> unanswered = new ArrayList<>();
    try (var prometheus = PrometheusServer.start(program, targets, directory)) {
      prometheus.awaitScraped(targets.size());
      for (Query query : queries) {
        JsonNode answer = prometheus.query(query.expression());
        assertThat(answer.path("status").asString())
            .as("%s: %s", query, answer.path("error").asString(""))
            .isEqualTo("success");
        if (answer.path("data").path("result").isEmpty()) {
          unanswered.add(query);
        }
      }
    }
    // Alerts are silent while all is well, and so are panels of errors, and shares of no traffic.
    unanswered.removeAll(MonitoringFiles.ofRules());
    assertThat(unanswered).hasSizeLessThan(MonitoringFiles.ofDashboards().size() / 6);
  }
}
