package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Segments;
import dev.threadmill.core.campaign.Segments.Look;
import dev.threadmill.core.campaign.Segments.Match;
import dev.threadmill.core.campaign.Segments.Place;
import dev.threadmill.core.campaign.Segments.Reach;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.core.campaign.Template;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Shows whom a campaign would reach, and with what, before anybody approves it. */
@Component
public class Preview {
  private static final int PAGE = 2000;

  /** Pages that one preview looks at: so long an answer may take, and no longer. */
  private static final int PAGES = 50;

  private static final int SAMPLES = 5;

  private final Segments segments;

  Preview(Segments segments) {
    this.segments = segments;
  }

  /**
   * What is counted.
   *
   * @param matching contacts that the segment names
   * @param reachable those of them that can be written to
   * @param blocked in Chatwoot
   * @param noConversation they have none to write in
   * @param lookedAt contacts of the project that this is about
   * @param complete false: there are more contacts than a preview looks at, so the numbers are
   *     lower bounds
   * @param samples some of the reachable ones
   */
  public record PreviewView(
      int matching,
      int reachable,
      int blocked,
      int optedOut,
      int noConversation,
      int lookedAt,
      boolean complete,
      List<Sample> samples) {}

  /**
   * A contact with the first message as it would get it.
   *
   * @param text null: a field without a fallback has no value, so nothing is sent; or there are no
   *     steps
   */
  public record Sample(String contactGlobalId, @Nullable String name, @Nullable String text) {}

  PreviewView of(UUID project, Segment wanted, List<Step> steps) {
    Segment segment = CampaignPlan.checked(wanted);
    Map<Reach, Integer> counts = new EnumMap<>(Reach.class);
    List<String> reachable = new ArrayList<>();
    int lookedAt = 0;
    Place place = Place.BEGINNING;
    for (int page = 0; page < PAGES && place != null; page++) {
      Look look = segments.look(project, segment, place, PAGE);
      for (Match match : look.matches()) {
        counts.merge(match.reach(), 1, Integer::sum);
        if (match.reach() == Reach.OK && reachable.size() < SAMPLES) {
          reachable.add(match.contact());
        }
      }
      lookedAt += look.lookedAt();
      place = look.last();
    }
    return new PreviewView(
        counts.values().stream().mapToInt(Integer::intValue).sum(),
        counts.getOrDefault(Reach.OK, 0),
        counts.getOrDefault(Reach.BLOCKED, 0),
        counts.getOrDefault(Reach.OPTED_OUT, 0),
        counts.getOrDefault(Reach.NO_CONVERSATION, 0),
        lookedAt,
        place == null,
        samples(project, segment, steps, reachable));
  }

  private List<Sample> samples(
      UUID project, Segment segment, List<Step> steps, List<String> contacts) {
    Template first = steps.isEmpty() ? null : Template.parse(steps.getFirst().template());
    return segments.recipients(project, segment, contacts).stream()
        .map(
            recipient ->
                new Sample(
                    recipient.contact(),
                    recipient.name(),
                    first == null ? null : first.render(recipient).orElse(null)))
        .toList();
  }
}
