package dev.threadmill.core.count;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
class CountConfiguration {
  @Bean
  RowCounts rowCounts(JdbcClient jdbc) {
    return new RowCounts(jdbc);
  }
}
