package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.Spending;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BillTest {
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);
  private static final EmbeddingPrices PRICES = new EmbeddingPrices(new BigDecimal("0.5"));
  private static final EmbeddingModel MODEL = new EmbeddingModel("some-model");

  @Test
  void the_parts_add_up_to_what_the_provider_counted() {
    List<Input> inputs =
        IntStream.range(0, 7).mapToObj(i -> input(i % 2 == 0 ? ONE : TWO, 3, false)).toList();

    Bill bill = Bill.of(inputs, 1000L, PRICES, MODEL);

    assertThat(bill.tokens()).isEqualTo(1000);
    assertThat(bill.costUsd()).isEqualByComparingTo("0.0005");
    assertThat(bill.parts()).hasSize(2);
    assertThat(bill.parts().stream().mapToLong(Spending::tokens).sum()).isEqualTo(1000);
    assertThat(of(bill, ONE).tokens()).isBetween(570L, 573L);
    assertThat(of(bill, ONE).requests()).isEqualTo(1);
    assertThat(of(bill, ONE).inputs()).isEqualTo(4);
  }

  @Test
  void the_estimate_counts_where_the_provider_does_not() {
    Bill bill = Bill.of(List.of(input(ONE, 30, false), input(ONE, 12, false)), null, PRICES, MODEL);

    assertThat(bill.tokens()).isEqualTo(42);
  }

  @Test
  void rows_with_an_equal_text_pay_nothing_and_are_counted_as_saved() {
    Input shared =
        new Input(
            "hi", null, List.of(chunk(1, ONE, 4), chunk(2, TWO, 4), chunk(3, TWO, 4)), 4, false);
    Bill bill = Bill.of(List.of(shared), 4L, PRICES, MODEL);

    var all = bill.withRows(List.of(shared), Set.of(1L, 2L, 3L));

    assertThat(of(all, ONE).tokens()).isEqualTo(4);
    assertThat(of(all, ONE).reused()).isZero();
    assertThat(of(all, ONE).ready()).isEqualTo(1);
    assertThat(of(all, TWO).tokens()).isZero();
    assertThat(of(all, TWO).reused()).isEqualTo(2);
    assertThat(of(all, TWO).savedTokens()).isEqualTo(8);
    assertThat(of(all, TWO).ready()).isEqualTo(2);
  }

  @Test
  void rows_that_did_not_take_their_vector_are_paid_and_not_counted_as_ready() {
    Input shared = new Input("hi", null, List.of(chunk(1, ONE, 4), chunk(2, TWO, 4)), 4, false);
    Input lost = new Input("ho", null, List.of(chunk(3, ONE, 6)), 6, false);
    Bill bill = Bill.of(List.of(shared, lost), 10L, PRICES, MODEL);

    var all = bill.withRows(List.of(shared, lost), Set.of(2L));

    assertThat(of(all, ONE).tokens()).isEqualTo(10);
    assertThat(of(all, ONE).inputs()).isEqualTo(2);
    assertThat(of(all, ONE).ready()).isZero();
    assertThat(of(all, TWO).ready()).isEqualTo(1);
  }

  @Test
  void inputs_that_may_have_been_paid_before_are_counted() {
    Bill bill = Bill.of(List.of(input(ONE, 1, true), input(ONE, 1, false)), 2L, PRICES, MODEL);

    assertThat(of(bill, ONE).repeated()).isEqualTo(1);
  }

  @Test
  void an_answer_of_no_use_is_paid_and_makes_no_row_ready() {
    Bill bill = Bill.of(List.of(input(ONE, 50, false)), null, PRICES, MODEL);

    assertThat(of(bill, ONE).tokens()).isEqualTo(50);
    assertThat(of(bill, ONE).ready()).isZero();
  }

  private static Spending of(Bill bill, UUID project) {
    return of(bill.parts(), project);
  }

  private static Spending of(Collection<Spending> parts, UUID project) {
    return parts.stream()
        .filter(part -> part.projectId().equals(project))
        .findFirst()
        .orElseThrow();
  }

  private static Input input(UUID project, long tokens, boolean repeated) {
    return new Input("text", null, List.of(chunk(1, project, (int) tokens)), tokens, repeated);
  }

  private static ClaimedChunk chunk(long id, UUID project, int tokens) {
    return new ClaimedChunk(id, project, "text", "hash", tokens, 1, null);
  }
}
