package dev.threadmill.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The processes of a stack, by id and time of start, written down so that another run can tell
 * whether any of them is left: the id alone may belong to somebody else by then.
 */
record ProcessTable(List<Entry> entries) {

  private static final String FILE = "processes.env";
  private static final Duration CLOCK_ERROR = Duration.ofSeconds(2);

  /** One process. */
  record Entry(String name, long pid, Instant started) {

    /** The process, when it still runs. */
    Optional<ProcessHandle> alive() {
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame);
    }

    private boolean isSame(ProcessHandle process) {
      // The system computes the time from its uptime, so it may differ a little from one look to
      // the next.
      return process
          .info()
          .startInstant()
          .map(start -> Duration.between(start, started).abs().compareTo(CLOCK_ERROR) <= 0)
          .orElse(false);
    }
  }

  static void write(Path directory, List<Member> members) {
    Map<String, String> lines = new LinkedHashMap<>();
    add(lines, "stack", ProcessHandle.current());
    for (Member member : members) {
      member
          .process()
          .flatMap(process -> ProcessHandle.of(process.pid()))
          .ifPresent(process -> add(lines, member.name(), process));
    }
    EnvFile.write(directory.resolve(FILE), lines);
  }

  static ProcessTable read(Path directory) {
    List<Entry> entries = new ArrayList<>();
    EnvFile.read(directory.resolve(FILE))
        .forEach(
            (name, value) -> {
              String[] parts = value.split("@", -1);
              entries.add(new Entry(name, Long.parseLong(parts[0]), Instant.parse(parts[1])));
            });
    return new ProcessTable(entries);
  }

  static void delete(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }

  private static void add(Map<String, String> lines, String name, ProcessHandle process) {
    process
        .info()
        .startInstant()
        .ifPresent(started -> lines.put(name, process.pid() + "@" + started));
  }

  List<Entry> alive() {
    return entries.stream().filter(entry -> entry.alive().isPresent()).toList();
  }
}
