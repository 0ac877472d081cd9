package dev.threadmill.scheduler.health;

import static dev.threadmill.scheduler.health.Stories.DAY;
import static dev.threadmill.scheduler.health.Stories.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.scheduler.health.Explanation.Told;
import dev.threadmill.scheduler.health.Factor.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FormulaTest {
  private static final String CONTACT = "cwc:00000000-0000-4000-8000-000000000001:7:42";
  private static final HealthWeights WEIGHTS = HealthWeights.DEFAULT;

  private static int score(Story story) {
    return Formula.score(story, WEIGHTS, NOW);
  }

  private static int scoreAfter(Story story, double days) {
    return Formula.score(story, WEIGHTS, NOW + days * DAY);
  }

  private static Map<Factor, Reading> readings(Story story, double daysLater) {
    return Formula.readings(story, NOW + daysLater * DAY).stream()
        .collect(Collectors.toMap(Reading::factor, reading -> reading));
  }

  private static List<Told> told(Story story) {
    return new Explanation(story, NOW, CONTACT).tell(Formula.readings(story, NOW), WEIGHTS);
  }

  /** The worked example; each row and the result stand in the page as they are computed here. */
  @Test
  void the_example_of_the_documentation_is_computed_as_it_stands_there() throws IOException {
    Story story =
        new Stories()
            .waits(10)
            .answered(6, 7)
            .answered(2, 14)
            .signal("complaint", 4, true, 14)
            .resolved(28)
            .rated(2, 28)
            .told();
    String page =
        Files.readString(Path.of(System.getProperty("threadmill.root"), "docs", "health.md"));

    List<Reading> readings = Formula.readings(story, NOW);
    for (Reading reading : readings) {
      double weight = reading.factor().weight(WEIGHTS) * reading.presence();
      assertThat(page)
          .contains(
              String.format(
                  Locale.ROOT,
                  "| `%s` | %d | %.2f | %.2f | %.3f | %.2f |",
                  reading.factor().wireName(),
                  reading.factor().weight(WEIGHTS),
                  reading.presence(),
                  reading.raw(),
                  reading.risk(),
                  weight * reading.risk()));
    }
    assertThat(readings).hasSize(5);
    assertThat(page).contains("**score " + score(story) + "**");
  }

  @Test
  void a_contact_about_whom_nothing_is_wrong_has_a_hundred() {
    Story story = new Stories().answered(0.5, 1).resolved(1).rated(5, 1).wrote(6, 7, 3).told();

    assertThat(score(story)).isEqualTo(100);
    assertThat(told(story)).hasSize(6).allMatch(factor -> factor.points() == 0);
  }

  @Test
  void each_factor_alone_lowers_the_score_and_is_named_as_what_did() {
    Map<Factor, Story> alone =
        Map.of(
            Factor.UNANSWERED, new Stories().waits(30).told(),
            Factor.RESPONSE_LATENCY, new Stories().answered(20, 1).told(),
            Factor.NEGATIVE_SIGNALS, new Stories().signal("complaint", 5, true, 0).told(),
            Factor.REOPEN_RATE, new Stories().cameBack(1).told(),
            Factor.SILENCE, new Stories().wrote(6, 3, 20).told(),
            Factor.CSAT, new Stories().rated(1, 1).told());

    alone.forEach(
        (factor, story) -> {
          assertThat(score(story)).as(factor.wireName()).isBetween(1, 95);
          List<Told> told = told(story);
          assertThat(told.stream().filter(one -> one.points() > 0).map(Told::name))
              .containsExactly(factor.wireName());
          assertThat(told.stream().mapToDouble(Told::share).sum()).isCloseTo(1, within(0.01));
          Told guilty = told.stream().filter(one -> one.points() > 0).findFirst().orElseThrow();
          assertThat(guilty.evidence()).isNotEmpty();
          assertThat(guilty.explanation()).endsWith(".");
          assertThat(100 - guilty.points()).isCloseTo(score(story), within(0.6));
        });
    assertThat(told(alone.get(Factor.UNANSWERED)).getFirst().evidence())
        .containsExactly("cwmsg:00000000-0000-4000-8000-000000000001:7:100");
    assertThat(told(alone.get(Factor.CSAT)).getFirst().evidence()).isEmpty();
  }

  @Test
  void the_message_that_waits_worst_is_the_first_of_its_evidence() {
    Story story = new Stories().waits(2).waits(40).waits(3).waits(1000).told();
    Told unanswered = told(story).getFirst();

    assertThat(unanswered.explanation()).contains("40.0 hours");
    assertThat(unanswered.evidence())
        .extracting(id -> id.substring(id.lastIndexOf(':') + 1))
        .as("then the latest")
        .containsExactly("101", "100", "102", "103");
  }

  @Test
  void a_factor_with_the_weight_zero_does_not_count() {
    Story story = new Stories().waits(30).rated(1, 1).told();

    assertThat(Formula.score(story, new HealthWeights(0, 0, 25, 0, 0, 0), NOW)).isEqualTo(100);
    assertThat(Formula.score(story, new HealthWeights(100, 0, 0, 0, 0, 0), NOW)).isEqualTo(12);
  }

  @Test
  void missing_factors_give_their_weight_to_the_others() {
    Reading waits = readings(new Stories().waits(24).told(), 0).get(Factor.UNANSWERED);
    Story alone = new Stories().waits(24).told();

    assertThat(score(alone)).isEqualTo((int) Math.round(100 - 100 * waits.risk() * 25 / 50));
    assertThat(score(new Stories().waits(24).answered(0.5, 0).told()))
        .isEqualTo((int) Math.round(100 - 100 * waits.risk() * 25 / 70));
  }

  @Test
  void more_of_the_same_trouble_is_worse_and_milder_trouble_is_milder() {
    assertThat(
            List.of(2.0, 5.0, 12.0, 30.0, 47.0).stream()
                .map(h -> score(new Stories().waits(h).told())))
        .isSortedAccordingTo((a, b) -> b - a)
        .doesNotHaveDuplicates();
    int accepted = score(new Stories().signal("complaint", 4, true, 0).told());
    assertThat(score(new Stories().signal("complaint", 4, false, 0).told()))
        .as("proposed only")
        .isGreaterThan(accepted);
    assertThat(score(new Stories().signal("complaint", 2, true, 0).told())).isGreaterThan(accepted);
    assertThat(score(new Stories().signal("urgency", 4, true, 0).told())).isGreaterThan(accepted);
    assertThat(
            score(
                new Stories()
                    .signal("complaint", 4, true, 0)
                    .signal("churn_risk", 4, true, 0)
                    .told()))
        .isLessThan(accepted);
  }

  /** Whatever happened, within any weights. */
  @Test
  void any_story_has_a_score_that_its_factors_explain() {
    Random random = new Random(20261126);
    for (int i = 0; i < 2000; i++) {
      Story story = anything(random);
      HealthWeights weights =
          new HealthWeights(
              1 + random.nextInt(100),
              random.nextInt(101),
              random.nextInt(101),
              random.nextInt(101),
              random.nextInt(101),
              random.nextInt(101));
      List<Reading> readings = Formula.readings(story, NOW);

      int score = Formula.score(readings, weights);

      assertThat(score).isBetween(0, 100);
      assertThat(readings)
          .allMatch(one -> one.risk() >= 0 && one.risk() <= 1)
          .allMatch(one -> one.presence() > 0 && one.presence() <= 1);
      double points =
          new Explanation(story, NOW, CONTACT)
              .tell(readings, weights).stream().mapToDouble(Told::points).sum();
      assertThat(100 - points).isCloseTo(score, within(1.0));
    }
  }

  @Test
  void two_different_stories_have_different_scores() {
    int angry =
        score(
            new Stories()
                .waits(40)
                .answered(20, 2)
                .signal("churn_risk", 5, true, 1)
                .cameBack(2)
                .rated(1, 5)
                .told());
    int content = score(new Stories().answered(0.4, 2).resolved(2).rated(5, 1).told());
    int uneasy = score(new Stories().answered(5, 2).signal("complaint", 3, false, 4).told());

    assertThat(angry).isLessThan(25);
    assertThat(content).isEqualTo(100);
    assertThat(uneasy).isBetween(angry + 20, content - 5);
  }

  /** Time passes, and nothing new happens. */
  @Test
  void old_troubles_fade_until_nothing_is_left_of_them() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      var stories = new Stories();
      stories.signal("complaint", 1 + random.nextInt(5), random.nextBoolean(), random.nextInt(10));
      if (random.nextBoolean()) {
        stories.answered(2 + random.nextInt(40), random.nextInt(10));
      }
      if (random.nextBoolean()) {
        stories.rated(1 + random.nextInt(3), random.nextInt(10));
      }
      if (random.nextBoolean()) {
        stories.cameBack(random.nextInt(10));
      }
      Story story = stories.told();
      int before = score(story);
      for (int days = 14; days <= 196; days += 14) {
        int later = scoreAfter(story, days);
        assertThat(later).as("after %d days", days).isGreaterThanOrEqualTo(before);
        before = later;
      }
      assertThat(before).isEqualTo(100);
    }
  }

  @Test
  void half_of_a_signal_is_left_after_a_fortnight() {
    Story story = new Stories().signal("complaint", 5, true, 0).told();

    assertThat(readings(story, 0).get(Factor.NEGATIVE_SIGNALS).raw()).isEqualTo(1);
    assertThat(readings(story, 14).get(Factor.NEGATIVE_SIGNALS).raw()).isEqualTo(0.5);
    assertThat(readings(story, 28).get(Factor.NEGATIVE_SIGNALS).raw()).isEqualTo(0.25);
  }

  @Test
  void silence_counts_against_the_contacts_own_rhythm_only() {
    Story weekly = new Stories().wrote(8, 7, 30).told();
    Story monthly = new Stories().wrote(8, 30, 30).told();
    Story seldom = new Stories().wrote(3, 7, 30).told();

    assertThat(readings(weekly, 0).get(Factor.SILENCE).risk()).isBetween(0.5, 0.6);
    assertThat(readings(monthly, 0).get(Factor.SILENCE).risk()).isZero();
    assertThat(readings(seldom, 0)).doesNotContainKey(Factor.SILENCE);
    assertThat(readings(weekly, 20).get(Factor.SILENCE).risk()).isEqualTo(1);
    assertThat(scoreAfter(weekly, 300)).as("who has gone is no news").isEqualTo(100);
  }

  @Test
  void answers_of_the_last_days_outweigh_older_ones() {
    Story better = new Stories().answered(20, 40).answered(20, 41).answered(1, 1).told();
    Story worse = new Stories().answered(1, 40).answered(1, 41).answered(20, 1).told();

    assertThat(readings(better, 0).get(Factor.RESPONSE_LATENCY).raw()).isEqualTo(1);
    assertThat(readings(worse, 0).get(Factor.RESPONSE_LATENCY).raw()).isEqualTo(20);
  }

  @Test
  void the_next_look_is_when_the_score_changes_and_a_settled_one_needs_none() {
    Story waits = new Stories().waits(5).told();
    long next = NextLook.after(waits, WEIGHTS, NOW, 0).orElseThrow();
    assertThat(next).isBetween(NOW + 3600, NOW + DAY);
    assertThat(Formula.score(waits, WEIGHTS, next)).isNotEqualTo(score(waits));

    Story fades = new Stories().signal("complaint", 5, false, 30).told();
    long look = NextLook.after(fades, WEIGHTS, NOW, 0).orElseThrow();
    assertThat(look).as("nothing to see each day").isEqualTo(NOW + 4 * DAY);
    assertThat(Formula.score(fades, WEIGHTS, look)).isEqualTo(score(fades));
    assertThat(Formula.score(fades, WEIGHTS, look + 2 * DAY)).isNotEqualTo(score(fades));

    Story content = new Stories().wrote(1, 0, 3).told();
    assertThat(NextLook.after(content, WEIGHTS, NOW, 0))
        .as("when it stops counting in the project's score")
        .hasValue(NOW - 3 * DAY + 90 * DAY);
    assertThat(NextLook.after(content, WEIGHTS, NOW + 90 * DAY, 0)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void contacts_that_were_looked_at_together_are_not_all_due_together_again() {
    Story fades = new Stories().signal("complaint", 5, false, 30).told();

    Set<Long> looks = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      long spread = NextLook.spread("cwc:%s:1:%d".formatted(new UUID(1, 2), i));
      looks.add(NextLook.after(fades, WEIGHTS, NOW, spread).orElseThrow());
    }

    assertThat(looks).allMatch(at -> at > NOW + 4 * DAY - DAY / 2 && at <= NOW + 4 * DAY);
    Map<Long, Long> byHour =
        looks.stream().collect(Collectors.groupingBy(at -> at / 3600, Collectors.counting()));
    assertThat(byHour.values()).as("%s", byHour).allMatch(some -> some < 200);
  }

  /** The times at which it is looked at are enough to see all there is to see. */
  @Test
  void looking_when_due_misses_no_change_for_longer_than_a_day() {
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      Story story = anything(random);
      long spread = NextLook.spread("contact " + i);
      long at = NOW;
      int shown = Formula.score(story, WEIGHTS, at);
      OptionalLong due = NextLook.after(story, WEIGHTS, at, spread);
      for (int day = 1; day < 500; day++) {
        while (due.isPresent() && due.getAsLong() <= NOW + day * DAY) {
          at = due.getAsLong();
          shown = Formula.score(story, WEIGHTS, at);
          due = NextLook.after(story, WEIGHTS, at, spread);
        }
        int old = Formula.score(story, WEIGHTS, NOW + (day - 1) * DAY);
        int is = Formula.score(story, WEIGHTS, NOW + day * DAY);
        assertThat(shown)
            .as("day %d of %s", day, story)
            .isBetween(Math.min(old, is) - 1, Math.max(old, is) + 1);
      }
    }
  }

  private static Story anything(Random random) {
    var stories = new Stories();
    for (int i = random.nextInt(3); i > 0; i--) {
      stories.waits(random.nextInt(400));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      stories.answered(random.nextInt(60), random.nextInt(100));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      stories.resolved(random.nextInt(100));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      stories.cameBack(random.nextInt(100));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      stories.rated(1 + random.nextInt(5), random.nextInt(100));
    }
    List<String> types = Trouble.TYPES.keySet().stream().sorted().toList();
    for (int i = random.nextInt(4); i > 0; i--) {
      stories.signal(
          types.get(random.nextInt(types.size())),
          1 + random.nextInt(5),
          random.nextBoolean(),
          random.nextInt(150));
    }
    return stories.wrote(random.nextInt(9), 1 + random.nextInt(20), random.nextInt(60)).told();
  }
}
