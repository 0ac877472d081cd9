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

  /**
   * Parts of commands that have no answer while all is well, or while a run that has no result yet
   * is the latest.
   */
  private static final List<String> MAY_TELL_NOTHING =
      List.of("select(.status == \"suspended\")", "/jobs/runs?status=failed", ".items[0].result");

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
      boolean asks = command.startsWith("api ") && command.contains(" | jq ");
      boolean mayTellNo = command.contains("bin/threadmill") || command.contains("5..");
      String quoted = "'" + command.replace("'", "'\\''") + "'";
      script
          .append(asks ? "told=$(" + command + ")" : command)
          .append("\ncode=$?; [ $code = 0 ] || ")
          .append(mayTellNo ? "[ $code = 1 ] || " : "")
          .append("printf 'FAILED with %s: %s\\n' $code ")
          .append(quoted)
          .append('\n');
      if (asks) {
        script.append("printf '%s\\n' \"$told\"\n");
        if (MAY_TELL_NOTHING.stream().noneMatch(command::contains)) {
          script.append("tells \"$told\" || printf 'FAILED, for it tells nothing: %s\\n' ");
          script.append(quoted).append('\n');
        }
      }
    }
    return script.toString();
  }

  /**
   * The function that docs/metrics.md defines for them, and one that knows whether an answer holds
   * anything but null: where {@code jq} is asked for a field that there is not, it says null and
   * calls that a success.
   */
  private static String prelude() {
    List<String> lines =
        MonitoringFiles.text(ROOT.resolve("docs/metrics.md"))
            .lines()
            .filter(line -> line.startsWith("api() {"))
            .toList();
    return String.join("\n", lines)
        + """

        tells() {
          printf '%s' "$1" | jq -es 'any(.[] | ..; . == [] or . == {}
            or (type != "object" and type != "array" and type != "null"))' > /dev/null
        }
        """;
  }
}
