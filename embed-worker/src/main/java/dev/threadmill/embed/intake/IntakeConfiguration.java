package dev.threadmill.embed.intake;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.embed.request.Lanes;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {
  private static final Logger log = LoggerFactory.getLogger(IntakeConfiguration.class);
  private static final Duration POLL_PATIENCE = Duration.ofMinutes(2);

  @Bean
  IntakeSettings intakeSettings(Settings settings, Lanes lanes) {
    int batchSize = settings.integer("EMBED_BATCH_SIZE", 100, 1, 2048);
    Duration timeout =
        Duration.ofMillis(settings.integer("OPENAI_TIMEOUT_MS", 20_000, 100, 600_000));
    return new IntakeSettings(
        batchSize,
        Duration.ofSeconds(settings.integer("EMBED_SWEEP_SECONDS", 3, 1, 300)),
        Duration.ofSeconds(settings.integer("EMBED_SWEEP_GRACE_SECONDS", 5, 0, 3600)),
        Math.min(5000, batchSize * lanes.count()),
        POLL_PATIENCE,
        // The last request may start when patience ends; then the answer is written, patiently too.
        POLL_PATIENCE.plus(timeout).plus(POLL_PATIENCE).plusMinutes(1));
  }

  @Bean
  ChunkIntake chunkIntake(
      ChunkClaims claims,
      Lanes lanes,
      ProviderGate gate,
      DailyCeiling ceiling,
      IntakeSettings settings,
      Clock clock) {
    return new ChunkIntake(claims, lanes, gate, ceiling, settings, clock);
  }

  @Bean
  MessageUpsertedListener messageUpsertedListener(
      EventCodec codec, DeadLetters deadLetters, ChunkIntake intake, Traces traces) {
    return new MessageUpsertedListener(codec, deadLetters, intake, traces);
  }

  @Bean
  Sweep sweep(
      ChunkClaims claims,
      Backlog backlog,
      Lanes lanes,
      ProviderGate gate,
      DailyCeiling ceiling,
      IntakeSettings settings) {
    return new Sweep(claims, backlog, lanes, gate, ceiling, settings);
  }

  @Bean
  EmbeddingsRunJob embeddingsRunJob(
      ChunkClaims claims,
      Backlog backlog,
      Lanes lanes,
      ProviderGate gate,
      DailyCeiling ceiling,
      IntakeSettings settings,
      Clock clock) {
    return new EmbeddingsRunJob(
        new DrainParts(claims, lanes, gate, ceiling), backlog, settings, clock);
  }

  @Bean
  ApplicationRunner sayWhichModel(EmbeddingProvider provider, VectorSpaces spaces, Lanes lanes) {
    return arguments -> {
      EmbeddingModel model = provider.model();
      log.info("embedding with {}, up to {} batches at once", model.name(), lanes.count());
      long others = spaces.outdated(model).size();
      if (others > 0) {
        log.info(
            "{} projects have vectors of another model; they are embedded again, and searches use the old vectors until then",
            others);
      }
    };
  }
}
