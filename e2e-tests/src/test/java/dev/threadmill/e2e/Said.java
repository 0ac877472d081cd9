package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** All that a stack said to others: its logs, in JSON, and its traces. */
record Said(Map<String, String> texts) {
  private static final String TRACES = "traces";

  static Said of(Path logs, OtlpReceiver receiver) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path log : files.toList()) {
        texts.put(log.getFileName().toString(), Files.readString(log));
      }
    }
    assertThat(texts).hasSizeGreaterThanOrEqualTo(7);
    texts.put(TRACES, String.join("\n", receiver.bodies()));
    return new Said(texts);
  }

  /** What such a file says behind each name. */
  static String[] valuesOf(Path environment) throws IOException {
    try (Stream<String> lines = Files.lines(environment)) {
      String[] values =
          lines.map(line -> line.substring(line.indexOf('=') + 1)).toArray(String[]::new);
      assertThat(values).hasSizeGreaterThanOrEqualTo(4).doesNotContain("");
      return values;
    }
  }

  void never(String... secrets) {
    texts.forEach((where, text) -> assertThat(text).as(where).doesNotContain(secrets));
  }

  void namesTraceRunAndProject() {
    assertThat(texts.get(TRACES)).contains("threadmill.run_id", "threadmill.project_id");
    assertThat(texts.get("ingest-service.log").lines().filter(line -> line.startsWith("{")))
        .anySatisfy(
            line ->
                assertThat(Api.JSON.readTree(line).propertyNames())
                    .contains("message", "run_id", "project_id", "traceId", "spanId"));
  }
}
