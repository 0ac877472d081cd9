package dev.threadmill.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class SettingsTest {
  private final MockEnvironment environment = new MockEnvironment();
  private final Settings settings = new Settings(environment);

  private enum Colour {
    DARK_RED,
    GREEN
  }

  @Test
  void a_variable_that_is_not_set_or_blank_has_its_default() {
    environment.setProperty("CHUNK_SIZE", "  ");

    assertThat(settings.integer("CHUNK_SIZE", 1000, 100, 8000)).isEqualTo(1000);
    assertThat(settings.oneOf("COLOUR", Colour.GREEN)).isEqualTo(Colour.GREEN);
    assertThat(settings.httpAddress("CHATWOOT_BASE_URL")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "99", "8001", "1e3", "99999999999999999999"})
  void a_number_that_is_unparsable_or_out_of_range_names_the_variable_and_the_bounds(String value) {
    environment.setProperty("CHUNK_SIZE", value);

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> settings.integer("CHUNK_SIZE", 1000, 100, 8000))
        .withMessage("CHUNK_SIZE is '" + value + "'; expected a whole number from 100 to 8000");
  }

  @Test
  void a_missing_required_variable_is_named_with_what_it_must_hold() {
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> settings.required("SPRING_DATASOURCE_URL", "the database's address"))
        .withMessage("SPRING_DATASOURCE_URL is not set; it must hold the database's address");
  }

  @Test
  void a_choice_lists_what_may_be_chosen() {
    environment.setProperty("COLOUR", "blue");

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> settings.oneOf("COLOUR", Colour.GREEN))
        .withMessage("COLOUR is 'blue'; expected one of dark_red, green");
  }

  @Test
  void an_address_loses_its_trailing_slashes() {
    environment.setProperty("CHATWOOT_BASE_URL", "https://chat.example.com/path//");

    assertThat(settings.httpAddress("CHATWOOT_BASE_URL").orElseThrow())
        .hasToString("https://chat.example.com/path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chat.example.com",
        "ftp://chat.example.com",
        "https://user:secret@chat.example.com",
        "https://exa mple/secret"
      })
  void an_address_that_is_none_or_carries_credentials_is_refused_without_quoting_it(String value) {
    environment.setProperty("CHATWOOT_BASE_URL", value);

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> settings.httpAddress("CHATWOOT_BASE_URL"))
        .withMessageStartingWith("CHATWOOT_BASE_URL")
        .satisfies(refused -> assertThat(refused).hasMessageNotContaining("secret"));
  }
}
