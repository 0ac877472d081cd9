package dev.threadmill.e2e.deploy;

import static dev.threadmill.e2e.deploy.Chart.at;
import static dev.threadmill.e2e.deploy.Chart.environment;
import static dev.threadmill.e2e.deploy.Chart.has;
import static dev.threadmill.e2e.deploy.Chart.list;
import static dev.threadmill.e2e.deploy.Chart.map;
import static dev.threadmill.e2e.deploy.Chart.ofKind;
import static dev.threadmill.e2e.deploy.Chart.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** What the chart makes of its values, rendered by Helm. Nothing is sent to a cluster. */
class ChartTest {
  private static List<Map<String, Object>> trial;
  private static List<Map<String, Object>> production;

  @BeforeAll
  static void render() {
    Chart.assumeHelm();
    trial = Chart.rendered(Chart.TRIAL);
    production = Chart.production(Map.of());
  }

  @Test
  void helm_finds_no_fault() {
    LintResult found = new Helm(Chart.FOLDER).lint().strict().call();

    assertThat(found.isFailed()).as(() -> String.join("\n", found.getMessages())).isFalse();
  }

  @Test
  void a_trial_brings_its_servers_along_and_only_who_asks_for_them_gets_operators_objects() {
    Map<String, Integer> services =
        Map.of("Deployment", 4, "Service", 2, "PodDisruptionBudget", 4, "NetworkPolicy", 2);

    assertThat(kinds(trial)).isEqualTo(with(services, Map.of("Service", 4, "StatefulSet", 2)));
    assertThat(kinds(Chart.rendered(Chart.SERVERS))).isEqualTo(with(services, Map.of("Job", 1)));
    assertThat(kinds(production))
        .isEqualTo(
            with(
                services,
                Map.of(
                    "Job", 1,
                    "Ingress", 1,
                    "ScaledObject", 1,
                    "TriggerAuthentication", 1,
                    "ServiceMonitor", 1,
                    "PrometheusRule", 1)));
  }

  private static Map<String, Integer> kinds(List<Map<String, Object>> objects) {
    Map<String, Integer> kinds = new TreeMap<>();
    objects.forEach(object -> kinds.merge(text(object, "kind"), 1, Integer::sum));
    return kinds;
  }

  private static <T> Map<String, T> with(Map<String, T> some, Map<String, T> more) {
    Map<String, T> all = new TreeMap<>(some);
    all.putAll(more);
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "embedWorker.autoscaling.maxReplicas, 25,     would get no events",
    "embedWorker.autoscaling.minReplicas, 25,     more than maxReplicas",
    "settings.OPENAI_API_KEY,             sk-123, OPENAI_API_KEY",
    "settings.chunkSize,                  5,      chunkSize",
    "settings.KAFKA_TOPIC_PARTITIONS,     12,     KAFKA_TOPIC_PARTITIONS",
    "settings.DATABASE_MIGRATIONS,        apply,  DATABASE_MIGRATIONS",
    "settings.KAFKA_SASL_USERNAME,        ada,    KAFKA_SASL_USERNAME",
    "settings.SPRING_DATASOURCE_USERNAME, ada,    SPRING_DATASOURCE_USERNAME",
    "kafka.securityProtocol,              TLS,    securityProtocol",
    "database.caSecret,                   '',     caSecret",
    "image.tag,                           latest, tag",
    "gateway.digest,                      latest, digest",
    "terminationGracePeriodSeconds,       10,     terminationGracePeriodSeconds",
    "embedWorkers.replicas,               3,      embedWorkers"
  })
  void a_value_that_can_not_work_is_refused_and_named(String value, String set, String named) {
    Map<String, String> changes = Map.of(value, set);

    assertThatThrownBy(() -> Chart.production(changes)).hasMessageContaining(named);
  }

  @Test
  void the_notes_say_how_many_connections_the_services_take() {
    String smaller = Chart.notes(Map.of("embedWorker.settings.DATABASE_POOL_SIZE", "5"));

    assertThat(Chart.notes(Map.of())).contains("up to 300 connections", "and 340 while an upgrade");
    // 6 × 10 + 24 × 5, and 3 × 10 + 5 more.
    assertThat(smaller).contains("up to 180 connections", "and 215 while an upgrade");
  }

  @Test
  void where_servers_are_missing_it_is_said_which_value_names_them() {
    assertThatThrownBy(() -> Chart.rendered(Map.of("kafka.enabled", "true")))
        .hasMessageContaining("set database.host");
    assertThatThrownBy(() -> Chart.rendered(Map.of("postgresql.enabled", "true")))
        .hasMessageContaining("set kafka.bootstrapServers");
  }

  @Test
  void a_trials_server_has_the_login_that_the_services_use_or_it_is_said_what_to_set() {
    Map<String, String> own = with(Chart.TRIAL, Map.of("existingSecret", "mine"));
    String password = "spec.template.spec.containers.0.env.2.valueFrom.secretKeyRef.name";

    assertThatThrownBy(() -> Chart.rendered(own))
        .hasMessageContaining("set postgresql.existingSecret to the same");
    assertThatThrownBy(
            () -> Chart.rendered(with(Chart.TRIAL, Map.of("database.username", "someone"))))
        .hasMessageContaining("set postgresql.username to the same");
    assertThat(
            ofKind(
                Chart.rendered(with(own, Map.of("postgresql.existingSecret", "mine"))),
                "StatefulSet"))
        .filteredOn(server -> text(server, "metadata.name").equals("threadmill-postgresql"))
        .extracting(server -> text(server, password))
        .containsExactly("mine");
  }

  @Test
  void every_container_is_locked_down_and_bounded_and_comes_from_the_registry() {
    assertThat(ofKind(production, "Deployment", "Job"))
        .extracting(workload -> text(workload, "spec.template.spec.containers.0.image"))
        .containsExactlyInAnyOrder(
            "registry.example.com/threadmill/api-gateway:0.1.0",
            "registry.example.com/threadmill/ingest-service:0.1.0",
            "registry.example.com/threadmill/embed-worker:0.1.0",
            "registry.example.com/threadmill/scheduler-service:0.1.0",
            // The migrations'.
            "registry.example.com/threadmill/scheduler-service:0.1.0");
    assertThat(ofKind(production, "Deployment", "Job"))
        .allSatisfy(
            workload -> {
              Object pod = at(workload, "spec.template.spec");
              assertThat(at(pod, "securityContext.runAsNonRoot")).isEqualTo(true);
              assertThat(at(pod, "automountServiceAccountToken")).isEqualTo(false);
              assertThat(list(pod, "containers")).hasSize(1);
              Object container = at(pod, "containers.0");
              assertThat(at(container, "securityContext.readOnlyRootFilesystem")).isEqualTo(true);
              assertThat(at(container, "securityContext.allowPrivilegeEscalation"))
                  .isEqualTo(false);
              assertThat(text(container, "securityContext.capabilities.drop")).isEqualTo("[ALL]");
              assertThat(text(container, "resources.limits.memory")).endsWith("i");
              assertThat(text(container, "volumeMounts.0.mountPath")).isEqualTo("/tmp");
            });
    assertThat(ofKind(trial, "StatefulSet"))
        .allSatisfy(
            server -> {
              Object pod = at(server, "spec.template.spec");
              assertThat(at(pod, "securityContext.runAsNonRoot")).isEqualTo(true);
              assertThat(text(pod, "containers.0.securityContext.capabilities.drop"))
                  .isEqualTo("[ALL]");
            });
  }

  @Test
  void a_pod_is_started_again_for_nothing_that_lies_outside_of_it() {
    Object groups =
        at(
            new Yaml().load(Chart.read("core/src/main/resources/threadmill-core.yml")),
            "management.endpoint.health.group");

    assertThat(text(groups, "liveness.include")).isEqualTo("livenessState");
    assertThat(ofKind(production, "Deployment"))
        .allSatisfy(
            deployment -> {
              Object container = at(deployment, "spec.template.spec.containers.0");
              for (String probe : List.of("startupProbe", "livenessProbe")) {
                assertThat(text(container, probe + ".httpGet.path"))
                    .isEqualTo("/actuator/health/liveness");
              }
              assertThat(text(container, "readinessProbe.httpGet.path"))
                  .isEqualTo("/actuator/health/readiness");
              assertThat(list(container, "ports"))
                  .contains(Map.of("name", "management", "containerPort", 9090));
              assertThat(environment(container)).containsEntry("MANAGEMENT_SERVER_PORT", "9090");
            });
  }

  @Test
  void the_time_to_end_is_longer_than_a_service_takes() {
    Object core = new Yaml().load(Chart.read("core/src/main/resources/threadmill-core.yml"));
    String phase = text(core, "spring.lifecycle.timeout-per-shutdown-phase");
    int service = Integer.parseInt(phase.substring(0, phase.length() - 1));

    assertThat(ofKind(production, "Deployment"))
        .allSatisfy(
            deployment ->
                assertThat(
                        (Integer)
                            at(deployment, "spec.template.spec.terminationGracePeriodSeconds"))
                    .isGreaterThan(5 + service));
  }

  @Test
  void a_job_migrates_before_an_upgrade_as_the_owner_but_not_where_the_server_is_not_there_yet() {
    assertThat(ofKind(production, "Job"))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(map(job, "metadata.annotations"))
                  .containsEntry("hook", "pre-install,pre-upgrade");
              Object container = at(job, "spec.template.spec.containers.0");
              assertThat(environment(container))
                  .containsEntry("SPRING_DATASOURCE_USERNAME", "threadmill")
                  .containsEntry("SPRING_DATASOURCE_PASSWORD", "threadmill/MIGRATIONS_PASSWORD");
              String main = ((List<?>) at(container, "command")).getLast().toString();
              assertThat(
                      Chart.ROOT.resolve("core/src/main/java/" + main.replace('.', '/') + ".java"))
                  .exists();
            });

    assertThat(ofKind(trial, "Deployment"))
        .allSatisfy(
            deployment ->
                assertThat(environment(at(deployment, "spec.template.spec.containers.0")))
                    .doesNotContainKey("DATABASE_MIGRATIONS"));
  }

  @Test
  void keda_scales_the_embed_workers_by_lag_and_by_age_and_nothing_else_says_how_many() {
    Object scaled = ofKind(production, "ScaledObject").getFirst();

    assertThat(text(scaled, "spec.scaleTargetRef.name")).isEqualTo("threadmill-embed-worker");
    Map<String, String> worker =
        environment(
            at(
                ofKind(production, "Deployment").stream()
                    .filter(one -> text(one, "metadata.name").equals("threadmill-embed-worker"))
                    .findFirst()
                    .orElseThrow(),
                "spec.template.spec.containers.0"));
    assertThat((Integer) at(scaled, "spec.maxReplicaCount"))
        .isLessThanOrEqualTo(Integer.parseInt(worker.get("KAFKA_TOPIC_PARTITIONS")));
    Object lag = at(scaled, "spec.triggers.0.metadata");
    assertThat(Chart.read("docs/events.md"))
        .contains("### `" + text(lag, "topic") + "`")
        .contains("group `" + text(lag, "consumerGroup") + "`");
    assertThat(text(lag, "sasl")).isEqualTo("scram_sha512");
    assertThat(text(lag, "tls")).isEqualTo("enable");
    assertThat(text(scaled, "spec.triggers.1.metadata.query"))
        .startsWith("max(threadmill_chunks_oldest_pending_seconds{namespace=\"threadmill\"})")
        .contains("threadmill_embed_held{namespace=\"threadmill\", ");
    assertThat(ofKind(production, "Deployment"))
        .filteredOn(deployment -> !has(deployment, "spec.replicas"))
        .extracting(deployment -> text(deployment, "metadata.name"))
        .containsExactly("threadmill-embed-worker");
  }

  @Test
  void the_rules_are_those_that_prometheus_reads_elsewhere() {
    String source =
        Chart.read("deploy/prometheus/alerts.yml")
            .replace("docs/runbooks/", "https://wiki.example.com/threadmill/runbooks/");

    assertThat(at(ofKind(production, "PrometheusRule").getFirst(), "spec"))
        .isEqualTo(new Yaml().load(source));
  }

  @Test
  void each_variable_that_is_set_is_documented() {
    String documented = Chart.read("docs/configuration.md");

    assertThat(
            Stream.of(production, trial)
                .flatMap(objects -> ofKind(objects, "Deployment", "Job").stream())
                .map(workload -> at(workload, "spec.template.spec.containers.0"))
                .flatMap(container -> environment(container).keySet().stream())
                .distinct())
        .hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(documented).contains("`" + name + "`"));
  }
}
