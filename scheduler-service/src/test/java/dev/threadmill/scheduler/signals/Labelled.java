package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A sentence of a file under {@code signals/} and what it means; nothing where that is empty. */
record Labelled(String language, Set<SignalType> types, String text) {
  static List<Labelled> all(String file) {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    Labelled.class.getResourceAsStream("/signals/" + file + ".txt")),
                StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(Labelled::of)
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Labelled of(String line) {
    String[] parts = line.split(" \\| ", 3);
    Set<SignalType> types = EnumSet.noneOf(SignalType.class);
    if (!parts[1].equals("none")) {
      Stream.of(parts[1].split(",")).map(SignalType::of).forEach(types::add);
    }
    return new Labelled(parts[0], types, parts[2]);
  }
}
