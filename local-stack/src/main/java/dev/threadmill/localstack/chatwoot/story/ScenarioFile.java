package dev.threadmill.localstack.chatwoot.story;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The scenarios of one language. A line is one of:
 *
 * <pre>
 * &#64; slot = value, value           what {slot} in a text may become
 * == name | key value | key value    begins a scenario; keys: inboxes labels subject ends contact
 * C text || other wording            the customer; A agent, N private note, T template, DELETED
 * C? text                            sometimes left out
 * C&#64;-3d 09:15 text                    at this time, counted in days before the start
 * </pre>
 */
final class ScenarioFile {
  private static final Pattern TURN =
      Pattern.compile("(C|A|N|T|DELETED)(\\?)?(?:@-(\\d+)d (\\d\\d:\\d\\d))? (.+)");

  private final Map<String, List<String>> slots = new HashMap<>();
  private final List<Scenario> scenarios = new ArrayList<>();

  static ScenarioFile read(String name) {
    ScenarioFile file = new ScenarioFile();
    try (InputStream in = ScenarioFile.class.getResourceAsStream("/chatwoot-story/" + name)) {
      if (in == null) {
        throw new IllegalStateException("No story file " + name);
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(file::readLine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  List<Scenario> scenarios() {
    return scenarios;
  }

  List<String> slot(String name) {
    return slots.getOrDefault(name, List.of("?"));
  }

  private void readLine(String line) {
    if (line.startsWith("@ ")) {
      String[] parts = line.substring(2).split(" = ", 2);
      slots.put(parts[0], list(parts[1]));
    } else if (line.startsWith("== ")) {
      scenarios.add(scenario(line.substring(3).split(" \\| ", -1)));
    } else if (!line.isBlank() && !line.startsWith("#")) {
      scenarios.getLast().turns().add(turn(line));
    }
  }

  private Scenario scenario(String[] parts) {
    Map<String, String> keys = new HashMap<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      String[] pair = part.strip().split(" ", 2);
      keys.put(pair[0], pair[1]);
    }
    return new Scenario(
        parts[0].strip(),
        this,
        list(keys.getOrDefault("inboxes", "1")).stream().map(Long::valueOf).toList(),
        list(keys.getOrDefault("labels", "")),
        keys.get("contact"),
        keys.getOrDefault("subject", "Question"),
        keys.getOrDefault("ends", "open").equals("resolved"),
        new ArrayList<>());
  }

  private static Scenario.Turn turn(String line) {
    Matcher matcher = TURN.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("Not a line of a story: " + line);
    }
    Scenario.Role role =
        switch (matcher.group(1)) {
          case "C" -> Scenario.Role.CUSTOMER;
          case "A" -> Scenario.Role.AGENT;
          case "N" -> Scenario.Role.NOTE;
          case "T" -> Scenario.Role.TEMPLATE;
          default -> Scenario.Role.DELETED;
        };
    return new Scenario.Turn(
        role,
        matcher.group(2) != null,
        ago(matcher.group(3), matcher.group(4)),
        Arrays.stream(matcher.group(5).split(" \\|\\| ", -1)).map(String::strip).toList());
  }

  private static @Nullable Duration ago(@Nullable String days, @Nullable String time) {
    return days == null || time == null
        ? null
        : Duration.ofDays(Long.parseLong(days) + 1)
            .minusSeconds(LocalTime.parse(time).toSecondOfDay());
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
