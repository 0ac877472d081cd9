package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayTest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What is found by its words, in which of their forms, and what of it is marked. */
@GatewayTest
class WordSearchIT extends Searches {
  @Test
  void a_message_is_found_by_an_exact_token_among_others_that_are_nearer_in_words() {
    for (int i = 0; i < 60; i++) {
      rows.found("please send the invoice of order B-" + (1000 + i) + " again");
    }
    long wanted = rows.found("error E-4471 when I open the report");

    JsonNode hits = search("E-4471");

    assertThat(hits.path(0).path("message_id").asLong()).isEqualTo(wanted);
    assertThat(hits.path(0).path("score_parts").path("text_rank").asInt()).isEqualTo(1);
  }

  @Test
  void a_code_is_found_although_the_sentence_around_it_is_not() {
    for (int i = 0; i < 60; i++) {
      rows.found("where is my order, it should have come long ago " + (1000 + i));
    }
    long wanted = rows.found("label printed for R-18385");

    assertThat(search("where is my order R-18385, it should have come"))
        .anySatisfy(hit -> assertThat(hit.path("message_id").asLong()).isEqualTo(wanted));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | The refund was promised a week ago   | refunds      | refund",
        "en | Both batteries exploded              | battery      | batteries",
        "de | Die Bestellungen sind nie angekommen | Bestellung   | Bestellungen",
        "de | Zwei Äpfel waren faul                | apfel        | Äpfel",
        "ru | Где моя посылка, жду две недели      | посылки      | посылка",
        "ru | Верните деньги за возврат            | возвратом    | возврат",
        "es | No llegaron los paquetes             | paquete      | paquetes",
        "fr | Mes commandes sont en retard         | commande     | commandes",
        "it | I pacchi sono arrivati rotti         | pacco        | pacchi",
        "nl | De bestellingen zijn kwijt           | bestelling   | bestellingen",
        "pt | As entregas atrasaram de novo        | entrega      | entregas"
      })
  void a_word_is_found_in_another_form_and_marked(
      String language, String text, String asked, String marked) {
    rows.found("something else altogether", language);
    long wanted = rows.found(text, language);

    JsonNode hit = byWords(asked).getFirst();

    assertThat(hit.path("message_id").asLong()).isEqualTo(wanted);
    assertThat(marked(hit)).containsExactly(marked);
  }

  @Test
  void what_has_the_words_as_they_were_asked_for_comes_before_other_forms_of_them() {
    long other = rows.found("refund refund refund", "en");
    long asWritten = rows.found("there have been no refunds for any of the orders", "en");
    long notRecognised = rows.found("any refunds?");

    assertThat(ids(byWords("refunds"))).hasSize(3).endsWith(other).contains(asWritten);
    assertThat(ids(byWords("refund")))
        .as("without a language words count as they are written")
        .doesNotContain(notRecognised)
        .containsExactlyInAnyOrder(other, asWritten);
  }

  @Test
  void an_order_number_and_a_code_count_as_they_are_written_beside_words_that_do_not() {
    long wanted = rows.found("orders S-4471 and S-4472 are late", "en");
    rows.found("orders T-4471 and T-4472 are late", "en");
    rows.found("order 44710 is late", "en");

    assertThat(ids(byWords("order S-4471"))).startsWith(wanted);
    assertThat(ids(byWords("order 4471"))).isEmpty();
    assertThat(marked(byWords("order S-4471").getFirst())).containsExactly("orders", "S-4471");
  }

  @Test
  void what_is_quoted_or_must_not_be_there_counts_as_it_is_written() {
    long exact = rows.found("a late delivery annoys customers", "en");
    long other = rows.found("late deliveries annoy a customer", "en");

    assertThat(ids(byWords("\"late delivery\" customer"))).containsExactly(exact);
    assertThat(ids(byWords("delivery customer -deliveries"))).containsExactly(exact);
    assertThat(ids(byWords("parcel or \"late deliveries\" customers"))).containsExactly(other);
    assertThat(ids(byWords("\"delivery late\""))).isEmpty();
  }

  @Test
  void stems_make_no_phrase_with_words_and_drop_nothing_that_a_minus_does_not_name() {
    long whole = rows.found("Parcel arrived broken", "en");
    long other = rows.found("all orders need a refund", "en");

    assertThat(ids(byWords("\"arrived broken\""))).containsExactly(whole);
    assertThat(ids(byWords("\"broken parcel\""))).isEmpty();
    assertThat(ids(byWords("refund -order"))).containsExactly(other);
    assertThat(ids(byWords("refund -orders"))).isEmpty();
  }

  /** What its words found, the best of them first: by meaning all of so few messages are found. */
  private List<JsonNode> byWords(String query) {
    return search(query)
        .valueStream()
        .filter(hit -> hit.at("/score_parts/text_rank").isNumber())
        .sorted(Comparator.comparing(hit -> hit.at("/score_parts/text_rank").asInt()))
        .toList();
  }

  private static List<String> marked(JsonNode hit) {
    String text = hit.path("text").asString();
    return hit.path("highlights")
        .valueStream()
        .map(mark -> text.substring(mark.path("start").asInt(), mark.path("end").asInt()))
        .toList();
  }

  @Test
  void
      words_that_say_nothing_in_the_texts_language_are_not_marked_unless_they_are_all_that_was_asked() {
    rows.found("the refund for the broken lamp and the shade", "en");

    assertThat(marked(search("what about the refund and the lamp").path(0)))
        .containsExactly("refund", "lamp");
    assertThat(marked(search("and the").path(0))).containsExactly("the", "the", "and", "the");
  }

  @Test
  void a_word_that_is_too_long_to_be_looked_for_is_refused_as_such() {
    // Twice as long in lower case as written, which PostgreSQL finds out late.
    Answer answer = caller.post("/search", Map.of("query", "Ⱥ".repeat(1000)));

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
  }
}
