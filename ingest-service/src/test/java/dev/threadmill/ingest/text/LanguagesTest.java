package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguagesTest {
  private static final Languages LANGUAGES = new Languages();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | The courier marked it as delivered but I never got my parcel.",
        "de | Wann bekomme ich endlich die Rückerstattung für meine Bestellung?",
        "es | El envío tenía que llegar ayer y no ha llegado nada.",
        "fr | Bonjour, pouvez-vous me dire où est ma commande ?",
        "it | Buongiorno, vorrei sapere quando arriva il mio pacco, grazie.",
        "nl | Wanneer krijg ik het geld voor mijn bestelling terug?",
        "pt | A entrega atrasou de novo, o que está acontecendo?",
        "ru | Где моя посылка? Я жду её уже две недели."
      })
  void the_languages_with_stems_are_recognised(String language, String text) {
    assertThat(LANGUAGES.of(text)).isEqualTo(language);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Gdzie jest moja paczka? Czekam już dwa tygodnie.",
        "Де моя посилка? Чекаю вже два тижні, відповідайте.",
        "注文した商品がまだ届きません。",
        "R-18385 E-4471 0x80070057",
        "https://example.com/orders/18385?from=mail",
        "ok",
        "👍👍👍",
        "\ud800",
      })
  void other_languages_and_texts_that_tell_none_have_no_language(String text) {
    assertThat(LANGUAGES.of(text)).isNull();
  }

  @Test
  void the_same_text_has_the_same_language_from_every_detector() {
    String mixed = "Hello, mein Paket kam kaputt an und ich möchte mein Geld zurück, thank you. ";

    assertThat(LANGUAGES.of(mixed.repeat(40)))
        .isEqualTo("de")
        .isEqualTo(new Languages().of(mixed.repeat(40)))
        .isEqualTo(LANGUAGES.of(mixed.repeat(40)));
  }
}
