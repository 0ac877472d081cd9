package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sixty days of an invented support desk, the same for the same seed and start: about 300
 * conversations from the scenario files, among them the fixed cases of {@code cases.txt}.
 */
public final class Story {
  private static final int CONVERSATIONS = 290;
  private static final int DAYS = 60;

  private final ChatwootAccount account;
  private final Random random;
  private final Casting casting;
  private final Instant now;
  private final List<Event> events = new ArrayList<>();

  private record Event(Instant at, Runnable what) {}

  private Story(ChatwootAccount account, long seed) {
    this.account = account;
    this.random = new Random(seed);
    this.casting = new Casting(random, account.desk().agents());
    this.now = account.clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Fills the account with the past up to its clock's now. */
  public static void tell(ChatwootAccount account, long seed) {
    new Story(account, seed).tell();
  }

  private void tell() {
    ScenarioFile.read("cases.txt").scenarios().forEach(this::planFixed);
    for (int i = 0; i < CONVERSATIONS; i++) {
      plan(casting.any(), start());
    }
    // By time, so that ids rise with it as they do in a real account.
    events.sort(Comparator.comparing(Event::at));
    events.forEach(event -> account.at(event.at(), event.what()));
  }

  private void planFixed(Scenario scenario) {
    Play play = casting.cast(scenario);
    Instant midnight = now.truncatedTo(ChronoUnit.DAYS);
    Instant last = now;
    for (Play.Line line : play.lines) {
      Duration ago = line.ago();
      Instant planned = ago == null ? now : midnight.plus(Duration.ofDays(1)).minus(ago);
      last = planned;
      events.add(new Event(planned, () -> play.sayNext(account, planned)));
    }
    end(play, last);
  }

  private void plan(Play play, Instant start) {
    Instant time = start;
    Scenario.Role before = null;
    for (Play.Line line : play.lines) {
      time = before == null ? time : time.plus(gap(before, line.role()));
      before = line.role();
      if (time.isAfter(now)) {
        return;
      }
      Instant at = time;
      events.add(new Event(at, () -> play.sayNext(account, at)));
    }
    end(play, time);
  }

  private void end(Play play, Instant last) {
    Instant end = last.plus(between(Duration.ofMinutes(10), Duration.ofHours(20)));
    boolean resolve = play.scenario.endsResolved() && random.nextInt(100) < 90;
    if (end.isAfter(now)) {
      return;
    }
    events.add(new Event(end, () -> play.conclude(account, resolve)));
    if (resolve && random.nextInt(100) < 45) {
      events.add(new Event(end.plusSeconds(5), () -> askForRating(play, end.plusSeconds(5))));
    }
  }

  private void askForRating(Play play, Instant asked) {
    long form =
        account
            .messages()
            .add(
                NewMessage.of(
                        play.conversation(), MessageType.TEMPLATE, "Please rate this conversation")
                    .content("input_csat", Map.of()));
    Instant answered = asked.plus(Duration.ofMinutes(7));
    if (random.nextInt(100) < 60 && answered.isBefore(now)) {
      int rating = play.scenario.labels().contains("praise") ? 5 : 2 + random.nextInt(4);
      account.at(
          answered,
          () ->
              account
                  .messages()
                  .setContentAttributes(
                      form,
                      Map.of(
                          "submitted_values",
                          Map.of(
                              "csat_survey_response",
                              Map.of("rating", rating, "feedback_message", "")))));
    }
  }

  /** On a working day between seven and seven. */
  private Instant start() {
    Instant day = now.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(random.nextInt(DAYS)));
    Instant start = day.plusSeconds(7 * 3600 + random.nextInt(12 * 3600));
    return start.isAfter(now) ? now.minusSeconds(60 + random.nextInt(3600)) : start;
  }

  private Duration gap(Scenario.Role before, Scenario.Role role) {
    return switch (role) {
      case AGENT -> between(Duration.ofMinutes(3), Duration.ofHours(5));
      case NOTE, TEMPLATE -> between(Duration.ofMinutes(1), Duration.ofMinutes(20));
      case CUSTOMER, DELETED ->
          before == Scenario.Role.CUSTOMER
              ? between(Duration.ofMinutes(1), Duration.ofMinutes(30))
              : between(Duration.ofMinutes(2), Duration.ofHours(22));
    };
  }

  /** Short ones are far more likely than long ones. */
  private Duration between(Duration least, Duration most) {
    double ratio = (double) most.toSeconds() / least.toSeconds();
    return Duration.ofSeconds((long) (least.toSeconds() * Math.pow(ratio, random.nextDouble())));
  }
}
