package dev.threadmill.ingest;

import dev.threadmill.core.project.Secrets;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.chatwoot.ChatwootClients;
import dev.threadmill.ingest.chatwoot.ChatwootLimits;
import dev.threadmill.ingest.source.SourceAccounts;
import dev.threadmill.ingest.source.SourceBinding;
import dev.threadmill.ingest.source.WebhookSetting;
import dev.threadmill.ingest.sync.SyncLimits;
import dev.threadmill.ingest.text.Chunker;
import dev.threadmill.ingest.text.Languages;
import dev.threadmill.ingest.text.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the environment configures, checked at start. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {
  @Bean
  SourceAccounts sourceAccounts(Settings settings, SourceSecrets secrets) {
    return SourceAccounts.of(settings, secrets);
  }

  @Bean
  SourceBinding sourceBinding(
      SourceAccounts accounts,
      Sources sources,
      SourceWebhooks webhooks,
      Settings settings,
      Secrets secrets) {
    return new SourceBinding(accounts, sources, webhooks, WebhookSetting.of(settings, secrets));
  }

  @Bean
  ChatwootClients chatwootClients(
      Settings settings, Clock clock, MeterRegistry registry, Traces traces) {
    return new ChatwootClients(ChatwootLimits.of(settings), clock, registry, traces);
  }

  @Bean
  SyncLimits syncLimits(Settings settings) {
    return SyncLimits.of(settings);
  }

  @Bean
  Chunker chunker(Settings settings) {
    return new Chunker(
        settings.integer("CHUNK_SIZE", 1000, 100, 100_000),
        settings.integer("MIN_EMBED_CHARS", 30, 1, 10_000));
  }

  @Bean
  Languages languages() {
    return new Languages();
  }

  @Bean
  Tokens tokens() {
    return new Tokens();
  }
}
