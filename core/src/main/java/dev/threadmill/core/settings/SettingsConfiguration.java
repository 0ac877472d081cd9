package dev.threadmill.core.settings;

import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What every service reads its configuration and its time from. */
@AutoConfiguration
class SettingsConfiguration {
  @Bean
  Settings settings(Environment environment) {
    return new Settings(environment);
  }

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }
}
