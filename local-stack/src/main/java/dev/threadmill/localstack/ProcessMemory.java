package dev.threadmill.localstack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much memory a process holds. */
final class ProcessMemory {

  private static final long KILOBYTES = 1024;
  private static final String PROPORTIONAL = "Pss:";

  private ProcessMemory() {}

  /**
   * Resident memory of a process; of a database server with its children. 0 when the system does
   * not tell.
   */
  static long residentMegabytes(ProcessHandle process) {
    boolean server =
        process.info().command().map(command -> command.endsWith("postgres")).orElse(false);
    Stream<ProcessHandle> family =
        server ? Stream.concat(Stream.of(process), process.children()) : Stream.of(process);
    return family.mapToLong(ProcessMemory::kilobytes).sum() / KILOBYTES;
  }

  private static long kilobytes(ProcessHandle process) {
    Path details = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
    try {
      // Where the system can, with each shared page split among those who share it: a server's
      // children do.
      return Files.isReadable(details)
          ? Files.readAllLines(details).stream()
              .filter(line -> line.startsWith(PROPORTIONAL))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          : ps(process);
    } catch (IOException e) {
      return 0; // ended meanwhile
    }
  }

  private static long ps(ProcessHandle process) throws IOException {
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid())).start();
    String answer = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return answer.isEmpty() ? 0 : Long.parseLong(answer);
  }
}
