package dev.threadmill.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** How much memory a process and its children hold. */
final class ProcessMemory {

  private static final long KILOBYTES = 1024;

  private ProcessMemory() {}

  /**
   * Resident memory as {@code ps} tells it; what the children share with each other counts again
   * for each.
   */
  static long residentMegabytes(ProcessHandle process) {
    // The stack's own children are listed by themselves; a database server's are not.
    boolean server =
        process.info().command().map(command -> command.endsWith("postgres")).orElse(false);
    Stream<ProcessHandle> family =
        server ? Stream.concat(Stream.of(process), process.children()) : Stream.of(process);
    List<String> pids = family.map(member -> Long.toString(member.pid())).toList();
    try {
      Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.join(",", pids)).start();
      String answer = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .mapToLong(Long::parseLong)
              .sum()
          / KILOBYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
