package dev.threadmill.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of docs/runbooks. */
final class Runbooks {
  static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Pattern COMMANDS = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private Runbooks() {}

  /** Each once, line by line, for many pages ask the same. */
  static Set<String> commands() {
    Set<String> commands = new LinkedHashSet<>();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs/runbooks"))) {
      for (Path page : pages.sorted().toList()) {
        COMMANDS
            .matcher(Files.readString(page))
            .results()
            .forEach(block -> block.group(1).lines().forEach(commands::add));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return commands;
  }

  /**
   * One script of them, which names each command that failed. What is not well is no failure of the
   * command that says so, and neither is a search for errors that finds none.
   */
  static String script() {
    var script = new StringBuilder(prelude());
    for (String command : commands()) {
      boolean mayTellNo = command.contains("bin/threadmill") || command.contains("5..");
      script
          .append(command)
          .append("\ncode=$?; [ $code = 0 ] || ")
          .append(mayTellNo ? "[ $code = 1 ] || " : "")
          .append("printf 'FAILED with %s: %s\\n' $code ")
          .append("'" + command.replace("'", "'\\''") + "'")
          .append('\n');
    }
    return script.toString();
  }

  /** The function that docs/metrics.md defines for them. */
  private static String prelude() {
    List<String> lines =
        MonitoringFiles.text(ROOT.resolve("docs/metrics.md"))
            .lines()
            .filter(line -> line.startsWith("api() {"))
            .toList();
    return String.join("\n", lines) + "\n";
  }
}
