package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Desk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Chooses scenarios, people and details; the same seed chooses the same. */
final class Casting {
  private static final List<String> CODES = List.of("E-4471", "E-5003", "E-1207", "E-2290");

  /** How often a language comes up, out of a hundred. */
  private static final Map<String, Integer> WEIGHTS =
      Map.of(
          "en.txt",
          50,
          "es.txt",
          11,
          "de.txt",
          11,
          "fr.txt",
          8,
          "pt.txt",
          8,
          "ru.txt",
          7,
          "more.txt",
          5);

  private final Random random;
  private final List<Desk.Agent> agents;
  private final List<ScenarioFile> files = new ArrayList<>();
  private final Map<ScenarioFile, List<Person>> people = new HashMap<>();
  private int persons;

  Casting(Random random, List<Desk.Agent> agents) {
    this.random = random;
    this.agents = agents;
    for (String name : WEIGHTS.keySet().stream().sorted().toList()) {
      ScenarioFile file = ScenarioFile.read(name);
      for (int i = 0; i < WEIGHTS.getOrDefault(name, 0); i++) {
        files.add(file);
      }
    }
  }

  /** A play of some scenario. */
  Play any() {
    ScenarioFile file = pick(files);
    return cast(pick(file.scenarios()));
  }

  Play cast(Scenario scenario) {
    Person person = person(scenario);
    Desk.Agent agent = pick(agents);
    long inbox = inbox(scenario, person);
    Map<String, String> details = details(scenario, person, agent);
    List<Play.Line> lines = new ArrayList<>();
    for (Scenario.Turn turn : scenario.turns()) {
      if (!turn.optional() || random.nextInt(100) < 65) {
        lines.add(new Play.Line(turn.role(), filled(pick(turn.wordings()), details), turn.ago()));
      }
    }
    return new Play(scenario, person, inbox, agent, filled(scenario.subject(), details), lines);
  }

  private long inbox(Scenario scenario, Person person) {
    List<Long> possible =
        scenario.inboxes().stream()
            .filter(id -> id != 2 || person.details.email() != null)
            .filter(id -> id != 3 || person.details.phoneNumber() != null)
            .toList();
    return possible.isEmpty() ? 1 : pick(possible);
  }

  private Person person(Scenario scenario) {
    if (scenario.contact() != null) {
      return fixed(scenario.contact());
    }
    List<Person> known = people.computeIfAbsent(scenario.file(), file -> new ArrayList<>());
    if (known.size() > 5 && random.nextInt(100) < 35) {
      return pick(known);
    }
    Person person = new Person(invented(pick(scenario.file().slot("names"))));
    known.add(person);
    return person;
  }

  private static Person fixed(String contact) {
    String[] parts = contact.split(" ", -1);
    ContactDetails details = ContactDetails.named("");
    StringBuilder name = new StringBuilder();
    for (String part : parts) {
      if (part.contains("@")) {
        details = details.email(part);
      } else if (part.startsWith("+")) {
        details = details.phoneNumber(part);
      } else {
        name.append(name.isEmpty() ? "" : " ").append(part);
      }
    }
    return new Person(details.name(name.toString()));
  }

  /** Some have only a phone number, some neither: anonymous visitors. */
  private ContactDetails invented(String name) {
    persons++;
    int kind = random.nextInt(100);
    ContactDetails details =
        ContactDetails.named(name).customAttributes(Map.of("plan", pick(List.of("Free", "Team"))));
    if (kind < 12) {
      return kind < 4 ? details.name(null) : details;
    }
    if (kind < 45) {
      details = details.phoneNumber(String.format(Locale.ROOT, "+1555%07d", 100_000 + persons));
    }
    return kind < 25 ? details : details.email(address(name));
  }

  private String address(String name) {
    String ascii =
        java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFD)
            .replaceAll("[^A-Za-z]", "")
            .toLowerCase(Locale.ROOT);
    String domain = random.nextBoolean() ? "example.com" : "example.org";
    return (ascii.isEmpty() ? "customer" : ascii) + "." + (100 + persons) + "@" + domain;
  }

  private Map<String, String> details(Scenario scenario, Person person, Desk.Agent agent) {
    Map<String, String> details = new HashMap<>();
    for (String slot : List.of("product", "city", "day", "company", "feature", "greeting")) {
      details.put(slot, pick(scenario.file().slot(slot)));
    }
    details.put("name", person.name());
    details.put("agent", agent.name());
    details.put("order", "R-" + (10_000 + random.nextInt(90_000)));
    details.put("invoice", "INV-2026-" + (1000 + random.nextInt(9000)));
    details.put("amount", "€" + (9 + random.nextInt(190)) + ".90");
    details.put("code", pick(CODES));
    details.put("version", "4." + random.nextInt(9) + "." + random.nextInt(20));
    details.put("n", Integer.toString(3 + random.nextInt(40)));
    return details;
  }

  private static String filled(String text, Map<String, String> details) {
    String filled = text;
    for (Map.Entry<String, String> detail : details.entrySet()) {
      filled = filled.replace("{" + detail.getKey() + "}", detail.getValue());
    }
    return filled.isEmpty()
        ? filled
        : filled.substring(0, 1).toUpperCase(Locale.ROOT) + filled.substring(1);
  }

  private <T extends @Nullable Object> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
