package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.threadmill.core.embedding.Embedded;
import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class RequestConfigurationTest {
  /** Only its width counts here. */
  private static final class Wide implements EmbeddingProvider {
    @Override
    public EmbeddingModel model() {
      return new EmbeddingModel("wide@1536");
    }

    @Override
    public String account() {
      return "account";
    }

    @Override
    public int width() {
      return 1536;
    }

    @Override
    public Embedded embed(List<String> texts) {
      throw new UnsupportedOperationException("nothing is embedded here");
    }
  }

  @Test
  void sixteen_requests_may_be_under_way_unless_it_is_told_otherwise() {
    assertThat(limit(new MockEnvironment()).max()).isEqualTo(16);
    assertThat(limit(new MockEnvironment().withProperty("EMBED_CONCURRENCY", "3")).max())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "EMBED_BATCH_SIZE, 0",
    "EMBED_BATCH_SIZE, 2049",
    "EMBED_BATCH_SIZE, many",
    "EMBED_CONCURRENCY, 65"
  })
  void a_wrong_size_is_named(String variable, String value) {
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> limit(new MockEnvironment().withProperty(variable, value)))
        .withMessageStartingWith(variable + " is '" + value + "'");
  }

  private static FlightLimit limit(MockEnvironment environment) {
    return new RequestConfiguration()
        .flightLimit(new Settings(environment), new Wide(), new EmbeddingLimits(100));
  }
}
