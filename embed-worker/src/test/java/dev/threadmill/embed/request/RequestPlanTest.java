package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestPlanTest {
  private static final UUID PROJECT = UUID.randomUUID();

  @Test
  void a_request_holds_no_more_texts_than_the_provider_takes() {
    List<ClaimedChunk> chunks =
        IntStream.range(0, 5000).mapToObj(i -> chunk(i, "text " + i, 2)).toList();

    List<List<Input>> requests = RequestPlan.of(chunks, 2048, Map.of());

    assertThat(requests).extracting(List::size).containsExactly(2048, 2048, 904);
    assertThat(requests.stream().flatMap(List::stream).map(Input::text))
        .containsExactlyElementsOf(chunks.stream().map(ClaimedChunk::text).toList());
  }

  @Test
  void a_request_stays_within_three_hundred_thousand_tokens_as_the_rows_count_them() {
    List<ClaimedChunk> chunks =
        IntStream.range(0, 100).mapToObj(i -> chunk(i, "text " + i, 7000)).toList();

    List<List<Input>> requests = RequestPlan.of(chunks, 2048, Map.of());

    assertThat(requests).extracting(List::size).containsExactly(42, 42, 16);
  }

  @Test
  void a_request_stays_within_three_hundred_thousand_tokens_as_the_provider_estimates_them() {
    // Three bytes a letter in UTF-8: a quarter of the bytes is more than the rows say.
    List<ClaimedChunk> chunks =
        IntStream.range(0, 200).mapToObj(i -> chunk(i, i + " " + "語".repeat(2600), 10)).toList();

    List<List<Input>> requests = RequestPlan.of(chunks, 2048, Map.of());

    assertThat(requests)
        .hasSizeGreaterThan(1)
        .allSatisfy(
            request ->
                assertThat(request.stream().mapToLong(input -> InputText.bytes(input.text())).sum())
                    .isLessThanOrEqualTo(4 * 300_000));
  }

  @Test
  void equal_texts_are_one_input_with_all_their_rows() {
    List<ClaimedChunk> chunks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      chunks.add(chunk(i, i % 2 == 0 ? "thank you" : "other " + i, 2));
    }

    List<Input> request = RequestPlan.of(chunks, 100, Map.of(hash("thank you"), true)).getFirst();

    assertThat(request).hasSize(6);
    assertThat(request.getFirst().chunks()).hasSize(5);
    assertThat(request.getFirst().repeated()).isTrue();
    assertThat(request.getLast().repeated()).isFalse();
  }

  private static ClaimedChunk chunk(long id, String text, int tokens) {
    return new ClaimedChunk(id, PROJECT, text, hash(text), tokens, 1, null);
  }

  private static String hash(String text) {
    return "hash of " + text;
  }
}
