package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Path RUNBOOKS = ROOT.resolve("docs/runbooks");

  @Test
  void the_rules_are_valid_and_fire_when_they_should() throws Exception {
    Optional<Path> promtool = PrometheusServer.program("promtool");
    assumeTrue(
        promtool.isPresent(),
        "promtool was not found, so the alerts were not tested: install Debian's package prometheus");

    for (List<String> check :
        List.of(
            List.of("check", "config", "prometheus.yml"),
            List.of("check", "rules", "alerts.yml"),
            List.of("test", "rules", "alerts_test.yml"))) {
      List<String> command = new ArrayList<>(List.of(promtool.get().toString()));
      command.addAll(check);
      Process process =
          new ProcessBuilder(command)
              .directory(MonitoringFiles.DEPLOY.resolve("prometheus").toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s", said).isZero();
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void each_alert_has_a_severity_and_a_runbook_and_is_tested() throws IOException {
    String tests = Files.readString(MonitoringFiles.DEPLOY.resolve("prometheus/alerts_test.yml"));
    List<String> names = new ArrayList<>();
    for (Map<String, Object> alert : MonitoringFiles.alerts()) {
      String name = (String) alert.get("alert");
      names.add(name);
      var labels = (Map<String, String>) alert.get("labels");
      var annotations = (Map<String, String>) alert.get("annotations");
      assertThat(labels.get("severity")).as(name).isIn("critical", "warning");
      assertThat(annotations.get("summary")).as(name).isNotBlank();
      assertThat(annotations.get("runbook_url")).isEqualTo("docs/runbooks/" + name + ".md");
      assertThat(Files.readString(RUNBOOKS.resolve(name + ".md")))
          .as(name)
          .startsWith("# " + name + "\n")
          .contains("## Meaning", "## Impact", "## Diagnosis", "## Remedy");
      assertThat(tests).as(name).contains("alertname: " + name + "\n");
    }
    try (Stream<Path> pages = Files.list(RUNBOOKS)) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }
}
