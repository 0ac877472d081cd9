package dev.threadmill.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.campaign.CampaignState.Action;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CampaignPlanTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static CampaignPlan plan(Segment segment, Step... steps) {
    return new CampaignPlan(segment, Arrays.asList(steps), CampaignRules.defaults());
  }

  @Test
  void a_plan_is_read_as_it_was_written() {
    var plan =
        new CampaignPlan(
            new Segment(
                List.of("vip"),
                List.of(3L),
                null,
                List.of("at_risk"),
                30,
                7,
                Map.of("plan", "gold")),
            List.of(
                new Step(0, "chatwoot", "Hi {{contact.name|you}}"), new Step(3, "chatwoot", "Bye")),
            new CampaignRules(
                true,
                false,
                "continuous",
                5,
                6,
                7,
                8,
                new QuietHours("20:00", "08:30", "contact")));

    assertThat(CampaignPlan.read(plan.segmentJson(), plan.stepsJson(), plan.rulesJson()))
        .isEqualTo(plan.checked());
  }

  @Test
  void what_is_absent_has_its_default() {
    CampaignPlan read =
        CampaignPlan.read("{}", "[{\"day_offset\": 0, \"template\": \"Hi\"}]", "{}");

    assertThat(read.rules()).isEqualTo(CampaignRules.defaults());
    assertThat(read.rules().stopOnReply()).isTrue();
    assertThat(read.segment()).isEqualTo(Segment.ALL);
    assertThat(read.steps()).containsExactly(new Step(0, "chatwoot", "Hi"));
  }

  @Test
  void what_cannot_be_is_refused_by_name() {
    var hi = new Step(0, "chatwoot", "Hi");
    refused(plan(Segment.ALL), "'steps'");
    refused(plan(Segment.ALL, hi, null), "'steps[1]'");
    refused(plan(Segment.ALL, new Step(3, "chatwoot", "Hi"), hi), "'day_offset' of 'steps[1]'");
    refused(plan(Segment.ALL, new Step(0, "sms", "Hi")), "'channel'");
    refused(plan(Segment.ALL, new Step(0, "chatwoot", "{{nobody}}")), "there is no field 'nobody'");
    refused(
        plan(new Segment(null, null, List.of("anger"), null, null, null, null), hi),
        "'segment.signals'");
    refused(
        plan(new Segment(null, null, null, List.of("fine"), null, null, null), hi),
        "'segment.health_tiers'");
    refused(
        plan(new Segment(Arrays.asList("a", null), null, null, null, null, null, null), hi),
        "'segment.labels'");
    refused(
        plan(new Segment(null, List.of(0L), null, null, null, null, null), hi),
        "'segment.inboxes'");
    refused(
        plan(new Segment(null, null, null, null, 0, null, null), hi),
        "'segment.active_within_days'");
    refused(
        plan(new Segment(null, null, null, null, null, null, Map.of("a", List.of())), hi),
        "'segment.custom_attributes'");
    var rules = new CampaignRules(null, null, null, 0, null, null, null, null);
    refused(new CampaignPlan(Segment.ALL, List.of(hi), rules), "'rules.contacts_per_window'");
    var quiet =
        new CampaignRules(
            null, null, null, null, null, null, null, new QuietHours("8", null, null));
    refused(new CampaignPlan(Segment.ALL, List.of(hi), quiet), "'rules.quiet_hours'");
  }

  private static void refused(CampaignPlan plan, String name) {
    assertThatThrownBy(plan::checked)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource({
    // In October the clock goes back at three: the night is an hour longer.
    "20:00, 08:00, 2026-10-24T18:30:00Z, 2026-10-25T07:00:00Z",
    "20:00, 08:00, 2026-10-25T06:59:59Z, 2026-10-25T07:00:00Z",
    "20:00, 08:00, 2026-10-25T07:00:00Z,",
    "20:00, 02:30, 2026-10-25T00:45:00Z, 2026-10-25T01:30:00Z",
    "20:00, 08:00, 2026-10-24T17:59:59Z,",
    "12:00, 13:00, 2026-07-01T10:30:00Z, 2026-07-01T11:00:00Z",
    "12:00, 13:00, 2026-07-01T11:00:00Z,"
  })
  void quiet_hours_end_by_the_clock_of_the_place(
      String from, String until, Instant now, Instant end) {
    assertThat(new QuietHours(from, until, null).end(now, BERLIN)).isEqualTo(end);
  }

  @Test
  void only_a_draft_is_approved_and_what_is_over_stays_so() {
    for (CampaignState state : CampaignState.values()) {
      assertThat(Action.APPROVE.isAllowedIn(state)).isEqualTo(state == CampaignState.DRAFT);
      assertThat(state.changeable()).isEqualTo(state == CampaignState.DRAFT);
      assertThat(Action.COMPLETE.isAllowedIn(state)).isEqualTo(state != CampaignState.COMPLETED);
    }
    assertThat(Arrays.stream(Action.values()))
        .noneMatch(action -> action.isAllowedIn(CampaignState.COMPLETED));
    assertThat(Action.RESUME.fromNames()).containsExactly("paused");
  }
}
