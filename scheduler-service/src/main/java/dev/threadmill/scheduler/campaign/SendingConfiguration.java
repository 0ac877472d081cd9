package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the environment configures, checked at start. */
@Configuration(proxyBeanMethods = false)
class SendingConfiguration {
  @Bean
  CampaignSettings campaignSettings(Settings settings) {
    return CampaignSettings.of(settings);
  }

  @Bean
  SendingAccounts sendingAccounts(Settings settings, SourceSecrets secrets) {
    return new SendingAccounts(settings, secrets);
  }

  @Bean
  ChatwootSender chatwootSender(CampaignSettings settings, Clock clock, Traces traces) {
    return new ChatwootSender(settings, clock, traces);
  }
}
