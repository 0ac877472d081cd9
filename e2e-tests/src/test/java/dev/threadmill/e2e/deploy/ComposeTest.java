package dev.threadmill.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** docker-compose.yml and what it mounts, read and not run. */
class ComposeTest {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Map<String, Object> COMPOSE = compose();
  private static final List<String> SERVICES =
      List.of("api-gateway", "ingest-service", "embed-worker", "scheduler-service");
  private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`");

  /** Addresses, users and ports are set by compose itself, which has its own servers. */
  private static final Pattern BY_COMPOSE =
      Pattern.compile("SPRING_.*|.*SERVER_PORT|DATABASE_MIGRATIONS|KAFKA_(?!TOPIC_PARTITIONS).*");

  @Test
  void everything_listens_on_the_loopback_address_alone() {
    assertThat(services())
        .hasSize(9)
        .allSatisfy(
            (name, service) ->
                assertThat(strings(service, "ports"))
                    .allSatisfy(port -> assertThat(port).startsWith("127.0.0.1:")));
  }

  @Test
  void images_are_pinned_and_every_service_is_locked_down_and_tells_whether_it_is_well() {
    assertThat(services())
        .allSatisfy(
            (name, service) -> {
              assertThat((String) service.get("image"))
                  .matches("[a-z/-]+:[^ ]+")
                  .doesNotEndWith("latest");
              assertThat(strings(service, "cap_drop")).containsExactly("ALL");
              assertThat(strings(service, "security_opt")).contains("no-new-privileges:true");
              // The services' own images bring their check along.
              assertThat(service.containsKey("healthcheck") || dockerfileChecks(service))
                  .as(name)
                  .isTrue();
            });
  }

  @Test
  void the_time_to_end_is_longer_than_a_service_takes() {
    Object core = new Yaml().load(Chart.read("core/src/main/resources/threadmill-core.yml"));
    int service = seconds(Chart.at(core, "spring.lifecycle.timeout-per-shutdown-phase"));

    for (String name : SERVICES) {
      assertThat(seconds(services().get(name).get("stop_grace_period")))
          .as(name)
          .isGreaterThan(5 + service);
    }
    for (String server : List.of("postgres", "kafka")) {
      assertThat(seconds(services().get(server).get("stop_grace_period")))
          .as(server)
          .isGreaterThanOrEqualTo(60);
    }
  }

  private static int seconds(Object period) {
    assertThat(period).asString().matches("[0-9]+s");
    return Integer.parseInt(period.toString().replace("s", ""));
  }

  @Test
  void the_profiles_add_the_simulator_and_the_monitoring_and_nothing_else_is_optional() {
    assertThat(
            services().entrySet().stream()
                .filter(service -> service.getValue().containsKey("profiles"))
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey, service -> strings(service.getValue(), "profiles"))))
        .isEqualTo(
            Map.of(
                "chatwoot-simulator", List.of("demo"),
                "prometheus", List.of("observability"),
                "grafana", List.of("observability")));
  }

  @Test
  void what_is_mounted_from_the_checkout_is_there() {
    assertThat(
            services().values().stream()
                .flatMap(service -> strings(service, "volumes").stream())
                .filter(volume -> volume.startsWith("./"))
                .map(volume -> ROOT.resolve(volume.substring(2).split(":")[0])))
        .hasSize(3)
        .allSatisfy(folder -> assertThat(folder).isNotEmptyDirectory());
  }

  /** Blank ones count as not set, so all can be passed on. */
  @Test
  void every_documented_setting_can_be_set_in_the_env_file_for_each_service_that_has_it()
      throws IOException {
    Map<String, Set<String>> documented = documented();

    assertThat(documented).hasSize(4);
    documented.forEach(
        (service, names) -> {
          Map<?, ?> passed = (Map<?, ?>) services().get(service).get("environment");
          assertThat(names)
              .as(service)
              .hasSizeGreaterThan(20)
              .allSatisfy(
                  name -> assertThat((String) passed.get(name)).startsWith("${" + name + ":"));
        });
  }

  /** By service; the headings of the tables name the services. */
  private static Map<String, Set<String>> documented() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/configuration.md"));
    Map<String, Set<String>> names = new TreeMap<>();
    for (String section : page.substring(0, page.indexOf("## The local stack")).split("\n## ")) {
      String heading = section.lines().findFirst().orElseThrow();
      for (String service : SERVICES) {
        if (heading.equals("Every service") || heading.contains(service)) {
          section
              .lines()
              .filter(line -> line.startsWith("| `"))
              .filter(line -> !line.contains("embed-worker only") || service.equals("embed-worker"))
              .map(line -> line.split(" \\| ")[0])
              .flatMap(cell -> VARIABLE.matcher(cell).results())
              .map(found -> found.group(1))
              .filter(name -> !BY_COMPOSE.matcher(name).matches())
              .forEach(name -> names.computeIfAbsent(service, none -> new TreeSet<>()).add(name));
        }
      }
    }
    return names;
  }

  private static boolean dockerfileChecks(Map<String, Object> service) {
    return service.get("build") instanceof Map<?, ?> build && "service".equals(build.get("target"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> services() {
    return (Map<String, Map<String, Object>>) COMPOSE.get("services");
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Map<String, Object> service, String key) {
    return (List<String>) service.getOrDefault(key, List.of());
  }

  private static Map<String, Object> compose() {
    try {
      var options = new LoaderOptions();
      options.setMaxAliasesForCollections(100);
      return new Yaml(options).load(Files.readString(ROOT.resolve("docker-compose.yml")));
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }
}
