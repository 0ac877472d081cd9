package dev.threadmill.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service shows Prometheus.
 *
 * @param types of each metric: counter, gauge, histogram, summary
 * @param labels the labels that the samples of a name have, {@code _bucket} and the like included,
 *     and the values that each was seen with
 */
record Exposition(Map<String, String> types, Map<String, Map<String, Set<String>>> labels) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+.*");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  static Exposition of(String managementUrl) {
    var request =
        HttpRequest.newBuilder(URI.create(managementUrl + "/actuator/prometheus"))
            .timeout(Duration.ofSeconds(20))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return parsed(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException unreachable) {
      throw new IllegalStateException(managementUrl + " does not answer", unreachable);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  static Exposition parsed(String text) {
    Map<String, String> types = new TreeMap<>();
    Map<String, Map<String, Set<String>>> labels = new TreeMap<>();
    text.lines()
        .forEach(
            line -> {
              String[] words = line.split(" ");
              if (line.startsWith("# TYPE ")) {
                types.put(words[2], words[3]);
              } else if (!line.startsWith("#")) {
                Matcher sample = SAMPLE.matcher(line);
                if (sample.matches()) {
                  add(labels, sample.group(1), values(sample.group(2)));
                }
              }
            });
    return new Exposition(types, labels);
  }

  private static Map<String, Set<String>> values(String labels) {
    Map<String, Set<String>> values = new HashMap<>();
    if (labels != null) {
      LABEL
          .matcher(labels)
          .results()
          .forEach(label -> values.put(label.group(1), Set.of(label.group(2))));
    }
    return values;
  }

  private static void add(
      Map<String, Map<String, Set<String>>> labels, String name, Map<String, Set<String>> more) {
    Map<String, Set<String>> known = labels.computeIfAbsent(name, none -> new TreeMap<>());
    more.forEach(
        (label, values) -> known.computeIfAbsent(label, none -> new TreeSet<>()).addAll(values));
  }

  /** What both show together. */
  Exposition plus(Exposition other) {
    Map<String, String> allTypes = new HashMap<>(types);
    allTypes.putAll(other.types());
    Map<String, Map<String, Set<String>>> allLabels = new HashMap<>();
    for (var part : List.of(labels, other.labels())) {
      part.forEach((name, values) -> add(allLabels, name, values));
    }
    return new Exposition(allTypes, allLabels);
  }
}
