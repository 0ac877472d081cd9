package dev.threadmill.e2e.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The Helm chart, rendered by Helm itself. */
final class Chart {
  static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  static final Path FOLDER = ROOT.resolve("deploy/helm/threadmill");
  static final Map<String, String> TRIAL =
      Map.of("postgresql.enabled", "true", "kafka.enabled", "true");
  static final Map<String, String> SERVERS =
      Map.of("database.host", "postgresql", "kafka.bootstrapServers", "kafka:9092");
  private static final Path WITHOUT_HOOKS = copyWithoutHooks("chart-without-hooks");

  private Chart() {}

  /** Skips the tests where Helm's library was not built for this machine. */
  static void assumeHelm() {
    // Otherwise it would look for one in the network.
    System.setProperty("com.marcnuri.jkube-helm.skipRemoteJar", "true");
    boolean loads;
    try {
      Helm.version().call();
      loads = true;
    } catch (LinkageError | IllegalStateException noLibrary) {
      loads = false;
    }
    assumeTrue(
        loads,
        "the library of helm-java does not load here (other processor, or no glibc), so the chart was not tested");
  }

  /** As {@code helm template threadmill} prints it. */
  static List<Map<String, Object>> rendered(Map<String, String> values) {
    return objects(template(WITHOUT_HOOKS, values).call());
  }

  static List<Map<String, Object>> production(Map<String, String> changes) {
    return objects(productionOf(WITHOUT_HOOKS, changes).call());
  }

  /**
   * What production tells who installed it. Helm's library does not print it, so in this copy of
   * the chart it is an object like others.
   */
  static String notes(Map<String, String> changes) {
    Path chart = copyWithoutHooks("chart-with-notes");
    try {
      Files.writeString(
          chart.resolve("templates/notes.yaml"),
          """
          apiVersion: v1
          kind: Notes
          metadata: {name: notes}
          text: {{ include (print $.Template.BasePath "/NOTES.txt") . | quote }}
          """);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return text(ofKind(objects(productionOf(chart, changes).call()), "Notes").getFirst(), "text");
  }

  private static TemplateCommand productionOf(Path chart, Map<String, String> changes) {
    return template(chart, changes).withValuesFile(FOLDER.resolve("values-production.yaml"));
  }

  private static TemplateCommand template(Path chart, Map<String, String> values) {
    TemplateCommand command =
        new Helm(chart)
            .template()
            .withName("threadmill")
            .withNamespace("threadmill")
            // Its own idea of a cluster is older than any that is looked after.
            .withKubeVersion("1.31.0");
    values.forEach(command::set);
    return command;
  }

  /**
   * helm-java prints no hooks. In this copy of the chart they are objects like others, and the
   * annotation {@code helm.sh/hook} is called {@code hook}.
   */
  private static Path copyWithoutHooks(String name) {
    Path copy = ROOT.resolve("e2e-tests/target").resolve(name);
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(FOLDER.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target, Files.readString(file).replace("helm.sh/hook", "hook"));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(String rendered) {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object object : new Yaml().loadAll(rendered)) {
      if (object != null) {
        objects.add((Map<String, Object>) object);
      }
    }
    return objects;
  }

  static List<Map<String, Object>> ofKind(List<Map<String, Object>> objects, String... kinds) {
    return objects.stream().filter(object -> List.of(kinds).contains(object.get("kind"))).toList();
  }

  static boolean has(Object object, String path) {
    return find(object, path) != null;
  }

  /** What lies at such a path: {@code spec.template.spec.containers.0.env}. */
  static Object at(Object object, String path) {
    Object found = find(object, path);
    if (found == null) {
      throw new AssertionError("there is no " + path + " in " + object);
    }
    return found;
  }

  private static Object find(Object object, String path) {
    Object found = object;
    for (String step : path.split("\\.")) {
      if (found instanceof List<?> list) {
        found = list.get(Integer.parseInt(step));
      } else if (found instanceof Map<?, ?> map) {
        found = map.get(step);
      }
    }
    return found;
  }

  static String text(Object object, String path) {
    return String.valueOf(at(object, path));
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> list(Object object, String path) {
    return (List<Map<String, Object>>) at(object, path);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object object, String path) {
    return (Map<String, Object>) at(object, path);
  }

  /** A container's values by name; of secrets which one and which key. */
  static Map<String, String> environment(Object container) {
    Map<String, String> environment = new TreeMap<>();
    for (Map<String, Object> variable : list(container, "env")) {
      String secret = "valueFrom.secretKeyRef.";
      String shown =
          has(variable, "value")
              ? text(variable, "value")
              : text(variable, secret + "name") + "/" + text(variable, secret + "key");
      if (environment.put(text(variable, "name"), shown) != null) {
        throw new AssertionError(variable + " is set twice");
      }
    }
    return environment;
  }

  static String read(String path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
