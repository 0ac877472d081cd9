package dev.threadmill.gateway.runs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class TraceLinksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"https://traces.example.com/", "traces/{trace_id}", "javascript:{trace_id}"})
  void a_template_that_makes_no_link_stops_the_service(String template) {
    var settings = new Settings(new MockEnvironment().withProperty("TRACE_URL_TEMPLATE", template));

    assertThatThrownBy(() -> new TraceLinks(settings))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("TRACE_URL_TEMPLATE");
  }
}
