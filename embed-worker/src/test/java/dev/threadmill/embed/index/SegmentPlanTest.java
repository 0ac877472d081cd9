package dev.threadmill.embed.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SegmentPlanTest {
  private static final UUID PROJECT = UUID.randomUUID();
  private static final IndexSettings SETTINGS = new IndexSettings(10_000, 256);

  @Test
  void a_small_project_has_no_index() {
    assertThat(SegmentPlan.of(part(List.of(), 9_999), SETTINGS)).isEmpty();
  }

  @Test
  void the_wider_the_vectors_the_fewer_are_compared_without_an_index() {
    var byWidth = new IndexSettings(IndexSettings.BY_WIDTH, 256);

    assertThat(byWidth.exactUpTo(384)).isEqualTo(208_333);
    assertThat(byWidth.exactUpTo(1536)).isEqualTo(52_083);
    assertThat(SegmentPlan.of(part(List.of(), 52_082), byWidth)).isEmpty();
    assertThat(SegmentPlan.of(part(List.of(), 52_083), byWidth)).isPresent();
    assertThat(SegmentPlan.of(part(List.of(segment(1, 0, 52_083)), 10_000), byWidth))
        .as("behind an index fewer wait for one")
        .isPresent();
  }

  @Test
  void what_is_fresh_becomes_a_segment_when_there_is_enough_of_it() {
    var plan = SegmentPlan.of(part(List.of(), 10_000), SETTINGS).orElseThrow();

    assertThat(plan.from()).isZero();
    assertThat(plan.vectors()).isEqualTo(10_000);
    assertThat(plan.absorbed()).isEmpty();
  }

  @Test
  void segments_that_are_not_larger_are_absorbed_and_larger_ones_left_alone() {
    List<Segment> sealed = List.of(segment(1, 0, 40_000), segment(2, 40_000, 10_000));

    var plan = SegmentPlan.of(part(sealed, 12_000), SETTINGS).orElseThrow();

    assertThat(plan.absorbed()).extracting(Segment::id).containsExactly(2L);
    assertThat(plan.from()).isEqualTo(40_000);
    assertThat(plan.vectors()).isEqualTo(22_000);
  }

  @Test
  void a_segment_stays_within_the_memory_of_a_build() {
    List<Segment> sealed = List.of(segment(1, 0, 40_000));

    var plan = SegmentPlan.of(part(sealed, 45_000), SETTINGS).orElseThrow();

    assertThat(SETTINGS.vectorsInMemory(1536)).isBetween(60_000L, 80_000L);
    assertThat(plan.absorbed()).isEmpty();
  }

  @Test
  void a_million_vectors_lie_in_few_segments_and_each_was_built_a_few_times() {
    List<Segment> sealed = new ArrayList<>();
    long written = 0;
    long built = 0;
    for (int step = 0; step < 400; step++) {
      written += 2_500;
      long from = sealed.isEmpty() ? 0 : sealed.getLast().to();
      var part =
          new FreshPart(PROJECT, 1, 1536, List.copyOf(sealed), from, written, written - from);
      var plan = SegmentPlan.of(part, SETTINGS);
      if (plan.isPresent()) {
        sealed.removeAll(plan.get().absorbed());
        sealed.add(segment(step, plan.get().from(), written - plan.get().from()));
        built += plan.get().vectors();
      }
    }

    assertThat(sealed).hasSizeLessThanOrEqualTo(10);
    assertThat(sealed.getFirst().from()).isZero();
    for (int i = 1; i < sealed.size(); i++) {
      assertThat(sealed.get(i).from()).isEqualTo(sealed.get(i - 1).to());
    }
    assertThat(built).isLessThan(3 * written);
  }

  private static FreshPart part(List<Segment> sealed, long fresh) {
    long from = sealed.isEmpty() ? 0 : sealed.getLast().to();
    return new FreshPart(PROJECT, 1, 1536, sealed, from, from + fresh, fresh);
  }

  private static Segment segment(long id, long from, long vectors) {
    return new Segment(id, PROJECT, 1, from, from + vectors, vectors);
  }
}
