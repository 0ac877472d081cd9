package dev.threadmill.bench.signals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A labelled sentence: what it means is nothing where that is empty. */
record Sentence(String language, Set<String> types, String text) {
  static List<Sentence> of(Path root, String file) throws IOException {
    return Files.readAllLines(
            root.resolve("scheduler-service/src/test/resources/signals/" + file + ".txt"))
        .stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(Sentence::read)
        .toList();
  }

  private static Sentence read(String line) {
    String[] parts = line.split(" \\| ", 3);
    return new Sentence(
        parts[0], parts[1].equals("none") ? Set.of() : Set.of(parts[1].split(",")), parts[2]);
  }
}
