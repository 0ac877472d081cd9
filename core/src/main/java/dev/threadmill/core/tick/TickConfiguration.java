package dev.threadmill.core.tick;

import dev.threadmill.core.kafka.EventSender;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/** For the scheduler, which works ticks, and the gateway, which asks for them. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
class TickConfiguration {
  @Bean
  TickLog tickLog(JdbcClient jdbc) {
    return new TickLog(jdbc);
  }

  @Bean
  TickRequests tickRequests(TickLog log, EventSender sender, Clock clock) {
    return new TickRequests(log, sender, clock);
  }
}
