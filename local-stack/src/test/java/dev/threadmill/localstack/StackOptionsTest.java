package dev.threadmill.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.localstack.process.Checkout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StackOptionsTest {

  private final Checkout checkout = Checkout.find();

  @Test
  void without_keys_the_simulator_and_the_local_model_are_used() {
    StackOptions options = StackOptions.fromEnvironment(checkout, Map.of());

    assertThat(options.usesSimulator()).isTrue();
    assertThat(options.embeddingProvider()).isEqualTo("local");
  }

  @Test
  void a_key_of_openai_is_used() {
    StackOptions options =
        StackOptions.fromEnvironment(checkout, Map.of("OPENAI_API_KEY", "sk-test"));

    assertThat(options.embeddingProvider()).isEqualTo("openai");
  }

  @Test
  void half_an_account_is_refused_by_name() {
    assertThatThrownBy(
            () ->
                StackOptions.fromEnvironment(
                    checkout,
                    Map.of("CHATWOOT_BASE_URL", "http://localhost", "CHATWOOT_API_TOKEN", "t")))
        .hasMessageContaining("CHATWOOT_ACCOUNT_ID must be set");
    assertThatThrownBy(
            () -> StackOptions.fromEnvironment(checkout, Map.of("CHATWOOT_API_TOKEN", "t")))
        .hasMessageContaining("CHATWOOT_BASE_URL and CHATWOOT_ACCOUNT_ID must be set");
  }

  @Test
  void a_number_of_workers_out_of_range_is_refused() {
    assertThatThrownBy(() -> StackOptions.fromEnvironment(checkout, Map.of("EMBED_WORKERS", "0")))
        .hasMessageContaining("EMBED_WORKERS is 0");
  }
}
