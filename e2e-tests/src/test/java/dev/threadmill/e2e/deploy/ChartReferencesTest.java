package dev.threadmill.e2e.deploy;

import static dev.threadmill.e2e.deploy.Chart.at;
import static dev.threadmill.e2e.deploy.Chart.environment;
import static dev.threadmill.e2e.deploy.Chart.has;
import static dev.threadmill.e2e.deploy.Chart.list;
import static dev.threadmill.e2e.deploy.Chart.map;
import static dev.threadmill.e2e.deploy.Chart.ofKind;
import static dev.threadmill.e2e.deploy.Chart.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the objects of the chart say of each other, and what each service is given. */
class ChartReferencesTest {
  private static List<Map<String, Object>> trial;
  private static List<Map<String, Object>> production;

  @BeforeAll
  static void render() {
    Chart.assumeHelm();
    trial = Chart.rendered(Chart.TRIAL);
    production = Chart.production(Map.of());
  }

  @Test
  void every_selector_finds_the_pods_that_it_is_for() {
    for (List<Map<String, Object>> objects : List.of(trial, production)) {
      for (Map<String, Object> workload : ofKind(objects, "Deployment", "StatefulSet")) {
        assertThat(map(workload, "spec.template.metadata.labels"))
            .containsAllEntriesOf(map(workload, "spec.selector.matchLabels"));
      }
      for (Map<String, Object> budget : ofKind(objects, "PodDisruptionBudget")) {
        assertThat(pods(objects, map(budget, "spec.selector.matchLabels")))
            .containsExactly(text(budget, "metadata.name"));
      }
      for (Map<String, Object> service : ofKind(objects, "Service")) {
        String name = text(service, "metadata.name");
        assertThat(pods(objects, map(service, "spec.selector")))
            .as(name)
            .hasSize(name.endsWith("-metrics") ? 4 : 1);
      }
      for (Map<String, Object> policy : ofKind(objects, "NetworkPolicy")) {
        String name = text(policy, "metadata.name");
        assertThat(pods(objects, map(policy, "spec.podSelector.matchLabels")))
            .as(name)
            .hasSize(name.endsWith("-api-gateway") ? 1 : 4);
      }
    }
    // The job's pods are nobody's server.
    Map<String, Object> migrations =
        map(ofKind(production, "Job").getFirst(), "spec.template.metadata.labels");
    assertThat(ofKind(production, "Service"))
        .allSatisfy(
            service ->
                assertThat(
                        migrations.entrySet().containsAll(map(service, "spec.selector").entrySet()))
                    .isFalse());
  }

  /** Names of the workloads whose pods have these labels. */
  private static Set<String> pods(List<Map<String, Object>> objects, Map<String, Object> labels) {
    return ofKind(objects, "Deployment", "StatefulSet").stream()
        .filter(
            workload ->
                map(workload, "spec.template.metadata.labels")
                    .entrySet()
                    .containsAll(labels.entrySet()))
        .map(workload -> text(workload, "metadata.name"))
        .collect(Collectors.toSet());
  }

  @Test
  void what_an_object_names_is_in_the_chart_or_a_secret_that_the_values_name() {
    assertThat(secrets(trial)).containsExactly("threadmill");
    assertThat(secrets(production)).containsExactly("kafka-ca", "postgresql-ca", "threadmill");

    Object ingress = ofKind(production, "Ingress").getFirst();
    String backend = "spec.rules.0.http.paths.0.backend.service.";
    Object gateway = named("Service", text(ingress, backend + "name"));
    assertThat(text(ingress, backend + "port.name")).isEqualTo(text(gateway, "spec.ports.0.name"));
    // The management port is not among what strangers reach.
    assertThat(list(gateway, "spec.ports")).hasSize(1);
    assertThat(text(gateway, "spec.ports.0.targetPort")).isEqualTo("http");
    Object scaled = ofKind(production, "ScaledObject").getFirst();
    Object worker = named("Deployment", text(scaled, "spec.scaleTargetRef.name"));
    Object login =
        named("TriggerAuthentication", text(scaled, "spec.triggers.0.authenticationRef.name"));
    assertThat(list(login, "spec.env"))
        .hasSize(2)
        .allSatisfy(
            variable ->
                assertThat(environment(at(worker, "spec.template.spec.containers.0")))
                    .containsKey((String) variable.get("name")));
    Object monitor = ofKind(production, "ServiceMonitor").getFirst();
    Object metrics = named("Service", "threadmill-metrics");
    assertThat(map(metrics, "metadata.labels"))
        .containsAllEntriesOf(map(monitor, "spec.selector.matchLabels"));
    assertThat(text(monitor, "spec.endpoints.0.port"))
        .isEqualTo(text(metrics, "spec.ports.0.name"));
    // As in prometheus.yml, for an alert asks for it.
    assertThat(map(metrics, "metadata.labels"))
        .containsEntry(text(monitor, "spec.jobLabel"), "threadmill");
  }

  private static Object named(String kind, String name) {
    return ofKind(production, kind).stream()
        .filter(object -> text(object, "metadata.name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
  }

  @Test
  void what_is_mounted_is_one_of_the_pods_volumes_and_ports_have_the_names_that_are_asked_for() {
    for (List<Map<String, Object>> objects : List.of(trial, production)) {
      for (Map<String, Object> workload : ofKind(objects, "Deployment", "StatefulSet", "Job")) {
        Object pod = at(workload, "spec.template.spec");
        Object container = at(pod, "containers.0");
        Set<String> volumes = new TreeSet<>();
        if (has(pod, "volumes")) {
          list(pod, "volumes").forEach(volume -> volumes.add(text(volume, "name")));
        }
        if (has(workload, "spec.volumeClaimTemplates")) {
          list(workload, "spec.volumeClaimTemplates")
              .forEach(claim -> volumes.add(text(claim, "metadata.name")));
        }
        assertThat(list(container, "volumeMounts"))
            .extracting(mount -> (String) mount.get("name"))
            .containsExactlyInAnyOrderElementsOf(volumes);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          if (has(container, probe + ".httpGet")) {
            assertThat(list(container, "ports"))
                .extracting(port -> port.get("name"))
                .contains(at(container, probe + ".httpGet.port"));
          }
        }
      }
    }
  }

  @Test
  void each_service_gets_its_own_logins_and_no_other_secret() {
    assertThat(given("embed-worker", production))
        .containsEntry("SPRING_DATASOURCE_USERNAME", "threadmill_embed")
        .containsEntry("SPRING_DATASOURCE_PASSWORD", "threadmill/EMBED_DATABASE_PASSWORD")
        .containsEntry("KAFKA_SASL_USERNAME", "threadmill-embed")
        .containsEntry("KAFKA_SASL_PASSWORD", "threadmill/EMBED_KAFKA_PASSWORD")
        .containsEntry("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
        .containsEntry("KAFKA_CA_FILE", "/etc/threadmill/kafka/ca.crt")
        .containsEntry("DATABASE_MIGRATIONS", "await")
        .containsEntry(
            "SPRING_DATASOURCE_URL",
            "jdbc:postgresql://postgresql.databases:5432/threadmill"
                + "?sslmode=verify-full&sslrootcert=/etc/threadmill/database/ca.crt")
        .containsKey("OPENAI_API_KEY")
        .doesNotContainKeys("API_TOKEN", "THREADMILL_SECRET_KEY", "CHATWOOT_API_TOKEN");
    assertThat(given("ingest-service", production))
        .containsEntry("CHATWOOT_ACCOUNT_ID", "1")
        .containsEntry("STORAGE_BUDGET_GB", "200")
        .containsKeys("CHATWOOT_API_TOKEN", "THREADMILL_SECRET_KEY")
        .doesNotContainKeys("API_TOKEN", "OPENAI_API_KEY");
    assertThat(given("api-gateway", production)).containsKey("API_TOKEN");
    // Callers' addresses are the ingress's word, and nobody's where there is none.
    assertThat(given("api-gateway", production))
        .containsEntry("SERVER_FORWARD_HEADERS_STRATEGY", "native");
    assertThat(given("api-gateway", trial)).doesNotContainKey("SERVER_FORWARD_HEADERS_STRATEGY");
    assertThat(given("ingest-service", production))
        .doesNotContainKey("SERVER_FORWARD_HEADERS_STRATEGY");
    assertThat(given("scheduler-service", production))
        .containsKeys("OPENAI_API_KEY", "CHATWOOT_API_TOKEN")
        .doesNotContainKey("API_TOKEN");
  }

  @Test
  void a_components_own_setting_goes_before_the_common_one_also_where_it_is_false_or_zero() {
    List<Map<String, Object>> rendered =
        Chart.production(
            Map.of(
                "settings.METRICS_BY_PROJECT", "true",
                "settings.CHATWOOT_LOOKBACK_DAYS", "7",
                "scheduler.settings.METRICS_BY_PROJECT", "false",
                "ingest.settings.CHATWOOT_LOOKBACK_DAYS", "0"));

    assertThat(given("scheduler-service", rendered))
        .containsEntry("METRICS_BY_PROJECT", "false")
        .containsEntry("CHATWOOT_LOOKBACK_DAYS", "7");
    assertThat(given("ingest-service", rendered))
        .containsEntry("METRICS_BY_PROJECT", "true")
        .containsEntry("CHATWOOT_LOOKBACK_DAYS", "0");
  }

  /** KEDA asks from its own namespace, where short names mean nothing. */
  @Test
  void kafka_has_a_name_that_every_namespace_understands() {
    List<Map<String, Object>> scaled =
        Chart.rendered(
            Map.of(
                "postgresql.enabled", "true",
                "kafka.enabled", "true",
                "embedWorker.autoscaling.enabled", "true"));
    String broker = "threadmill-kafka.threadmill.svc:9092";

    assertThat(
            text(
                ofKind(scaled, "ScaledObject").getFirst(),
                "spec.triggers.0.metadata.bootstrapServers"))
        .isEqualTo(broker);
    assertThat(given("embed-worker", scaled))
        .containsEntry("SPRING_KAFKA_BOOTSTRAP_SERVERS", broker);
    assertThat(ofKind(scaled, "StatefulSet"))
        .filteredOn(server -> text(server, "metadata.name").equals("threadmill-kafka"))
        .extracting(server -> environment(at(server, "spec.template.spec.containers.0")))
        .singleElement()
        .satisfies(
            told ->
                assertThat(told)
                    .containsEntry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + broker));
    assertThat(given("embed-worker", production).get("SPRING_KAFKA_BOOTSTRAP_SERVERS").split(","))
        .hasSize(3)
        .allMatch(server -> server.contains(".svc:"));
  }

  @Test
  void who_sends_traces_is_let_out_to_their_collector() {
    String otlp = "settings.OTEL_EXPORTER_OTLP_ENDPOINT";
    String collector = "http://collector.tracing.svc:4318";

    assertThat(wayOut(Map.of())).contains(443, 5432, 9093).doesNotContain(4318);
    assertThat(wayOut(Map.of(otlp, collector))).contains(443, 4318);
    assertThat(wayOut(Map.of("gateway." + otlp, collector))).contains(4318);
  }

  private static List<Object> wayOut(Map<String, String> changes) {
    return list(ofKind(Chart.production(changes), "NetworkPolicy").getFirst(), "spec.egress")
        .stream()
        .map(rule -> at(rule, "ports.0.port"))
        .toList();
  }

  private static Map<String, String> given(String service, List<Map<String, Object>> objects) {
    return ofKind(objects, "Deployment").stream()
        .map(deployment -> at(deployment, "spec.template.spec.containers.0"))
        .filter(container -> text(container, "name").equals(service))
        .map(Chart::environment)
        .findFirst()
        .orElseThrow();
  }

  /** Of containers, volumes and logins. */
  private static Set<String> secrets(List<Map<String, Object>> objects) {
    Set<String> names = new TreeSet<>();
    for (Map<String, Object> workload : ofKind(objects, "Deployment", "StatefulSet", "Job")) {
      Object pod = at(workload, "spec.template.spec");
      for (Map<String, Object> variable : list(pod, "containers.0.env")) {
        if (has(variable, "valueFrom")) {
          names.add(text(variable, "valueFrom.secretKeyRef.name"));
        }
      }
      if (has(pod, "volumes")) {
        list(pod, "volumes").stream()
            .filter(volume -> volume.containsKey("secret"))
            .forEach(volume -> names.add(text(volume, "secret.secretName")));
      }
    }
    for (Map<String, Object> login : ofKind(objects, "TriggerAuthentication")) {
      list(login, "spec.secretTargetRef").forEach(secret -> names.add(text(secret, "name")));
    }
    return names;
  }
}
