package dev.threadmill.core.campaign;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
class CampaignConfiguration {
  @Bean
  Segments segments(JdbcClient jdbc) {
    return new Segments(jdbc);
  }

  @Bean
  CampaignProgress campaignProgress(JdbcClient jdbc) {
    return new CampaignProgress(jdbc);
  }
}
