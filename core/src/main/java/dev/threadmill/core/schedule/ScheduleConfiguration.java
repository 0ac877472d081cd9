package dev.threadmill.core.schedule;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** For the scheduler, which works schedules, and the gateway, through which people shape them. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
class ScheduleConfiguration {
  @Bean
  Schedules schedules(JdbcClient jdbc, JsonMapper json) {
    return new Schedules(jdbc, json);
  }

  @Bean
  ScheduleSeeds scheduleSeeds(JdbcClient jdbc) {
    return new ScheduleSeeds(jdbc);
  }
}
