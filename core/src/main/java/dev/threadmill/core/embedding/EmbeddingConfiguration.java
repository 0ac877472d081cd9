package dev.threadmill.core.embedding;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
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

  enum Format {
    BASE64,
    FLOAT
  }

  /** {@code openai} or {@code local}, as metrics name it. */
  public static String providerName(Settings settings) {
    return settings
        .oneOf("EMBEDDING_PROVIDER", Provider.OPENAI)
        .name()
        .toLowerCase(java.util.Locale.ROOT);
  }

  @Bean
  EmbeddingProvider embeddingProvider(Settings settings) {
    return switch (settings.oneOf("EMBEDDING_PROVIDER", Provider.OPENAI)) {
      case LOCAL -> local(settings);
      case OPENAI -> openAi(settings);
    };
  }

  /** Models that are not configured any more are made when a search needs them. */
  @Bean
  EmbeddingProviders embeddingProviders(EmbeddingProvider configured, Settings settings) {
    return new EmbeddingProviders(
        configured,
        model -> {
          if (model.name().equals(LocalEmbeddings.MODEL)) {
            return Optional.of(local(settings));
          }
          return settings.text("OPENAI_API_KEY").map(key -> openAi(settings, key, model));
        });
  }

  @Bean
  EmbeddingLimits embeddingLimits(Settings settings) {
    return new EmbeddingLimits(settings.integer("OPENAI_EMBED_MAX_INPUTS", 100, 1, 2048));
  }

  /** What tokens cost, by the environment; also for a service that does not import all of this. */
  @Bean
  public static EmbeddingPrices embeddingPrices(Settings settings) {
    String name = "EMBED_USD_PER_MILLION_TOKENS";
    return new EmbeddingPrices(
        settings.text(name).isEmpty()
            ? null
            : BigDecimal.valueOf(settings.decimal(name, 0, 0, 1_000_000)));
  }

  /**
   * The environment's provider for a service that may go without. Wrong values stop its start all
   * the same; a missing key does not.
   */
  public static EmbeddingOnDemand onDemand(Settings settings) {
    Provider kind = settings.oneOf("EMBEDDING_PROVIDER", Provider.OPENAI);
    var unused = options(settings, "", new EmbeddingModel("checked"));
    int threads = localThreads(settings);
    return model -> {
      if (model.name().equals(LocalEmbeddings.MODEL)) {
        // It takes hundreds of megabytes, so only where it is named.
        return kind == Provider.LOCAL
            ? Optional.of(new LocalEmbeddings(threads))
            : Optional.empty();
      }
      return settings.text("OPENAI_API_KEY").map(key -> openAi(settings, key, model));
    };
  }

  private static int localThreads(Settings settings) {
    return settings.integer("LOCAL_EMBEDDING_THREADS", 1, 1, 64);
  }

  private static EmbeddingProvider local(Settings settings) {
    return new LocalEmbeddings(localThreads(settings));
  }

  private static EmbeddingProvider openAi(Settings settings) {
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
    String model = settings.text("EMBEDDING_MODEL").orElse("text-embedding-3-small");
    return openAi(settings, key, EmbeddingModel.of(model, dimensions));
  }

  private static EmbeddingProvider openAi(Settings settings, String key, EmbeddingModel model) {
    return new OpenAiEmbeddings(options(settings, key, model));
  }

  private static OpenAiEmbeddings.Options options(
      Settings settings, String key, EmbeddingModel model) {
    return new OpenAiEmbeddings.Options(
        settings.httpAddress("OPENAI_BASE_URL").orElse(OPENAI),
        key,
        model,
        settings.oneOf("OPENAI_EMBED_FORMAT", Format.BASE64) == Format.FLOAT,
        Duration.ofMillis(settings.integer("OPENAI_TIMEOUT_MS", 20_000, 100, 600_000)));
  }
}
