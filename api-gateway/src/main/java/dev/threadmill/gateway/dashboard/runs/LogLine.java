package dev.threadmill.gateway.dashboard.runs;

import dev.threadmill.gateway.runs.RunView;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One of the last lines of a run. */
record LogLine(@Nullable Instant at, String level, String message) {
  static List<LogLine> of(RunView run) {
    JsonNode log = run.log();
    return log == null
        ? List.of()
        : log.valueStream()
            .map(
                line ->
                    new LogLine(
                        time(line.path("at").asString("")),
                        line.path("level").asString("info"),
                        line.path("message").asString("")))
            .toList();
  }

  private static @Nullable Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException none) {
      return null;
    }
  }
}
