package dev.threadmill.localstack.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log file. */
public final class LogTail {

  private static final int MOST_BYTES = 32_768;

  private LogTail() {}

  /** The last lines, as one text; says so when the file is missing or empty. */
  public static String of(Path log, int lines) {
    if (!Files.isReadable(log)) {
      return "(no log at %s)".formatted(log);
    }
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(0, file.length() - MOST_BYTES);
      byte[] end = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(end);
      List<String> all = new String(end, StandardCharsets.UTF_8).lines().toList();
      if (all.isEmpty()) {
        return "(%s is empty)".formatted(log);
      }
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(cannot read %s: %s)".formatted(log, e.getMessage());
    }
  }
}
