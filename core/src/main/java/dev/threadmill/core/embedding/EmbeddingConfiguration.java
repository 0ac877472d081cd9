package dev.threadmill.core.embedding;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.net.URI;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The provider that the environment names. For services that embed: import it, and bring the SDKs
 * along.
 */
@Configuration(proxyBeanMethods = false)
public class EmbeddingConfiguration {
  private static final URI OPENAI = URI.create("https://api.openai.com/v1");

  enum Provider {
    OPENAI,
    LOCAL
  }

  @Bean
  EmbeddingProvider embeddingProvider(Settings settings) {
    return switch (settings.oneOf("EMBEDDING_PROVIDER", Provider.OPENAI)) {
      case LOCAL -> new LocalEmbeddings(settings.integer("LOCAL_EMBEDDING_THREADS", 1, 1, 64));
      case OPENAI -> openAi(settings);
    };
  }

  @Bean
  EmbeddingLimits embeddingLimits(Settings settings) {
    return new EmbeddingLimits(settings.integer("OPENAI_EMBED_MAX_INPUTS", 100, 1, 2048));
  }

  private static OpenAiEmbeddings openAi(Settings settings) {
    String key =
        settings
            .text("OPENAI_API_KEY")
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "OPENAI_API_KEY",
                        "is not set; set it, or EMBEDDING_PROVIDER=local for the bundled model"));
    Integer dimensions =
        settings.text("EMBEDDING_DIM").isEmpty()
            ? null
            : settings.integer("EMBEDDING_DIM", 1536, 1, 4000);
    return new OpenAiEmbeddings(
        new OpenAiEmbeddings.Options(
            settings.httpAddress("OPENAI_BASE_URL").orElse(OPENAI),
            key,
            settings.text("EMBEDDING_MODEL").orElse("text-embedding-3-small"),
            dimensions,
            Duration.ofMillis(settings.integer("OPENAI_TIMEOUT_MS", 20_000, 100, 600_000))));
  }
}
