package dev.threadmill.core.run;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The run log for all; the executor for services that have a {@link JobHandler}. */
@AutoConfiguration(
    after = {
      JdbcClientAutoConfiguration.class,
      DataSourceTransactionManagerAutoConfiguration.class
    })
class RunConfiguration {
  @Bean
  RunLog runLog(JdbcClient jdbc, JsonMapper json) {
    return new RunLog(jdbc, json);
  }

  @Bean
  HeldRuns heldRuns(JdbcClient jdbc, JsonMapper json) {
    return new HeldRuns(jdbc, json);
  }

  @Bean
  RunHistory runHistory(JdbcClient jdbc) {
    return new RunHistory(jdbc);
  }

  @Bean
  RunRecovery runRecovery(JdbcClient jdbc) {
    return new RunRecovery(jdbc);
  }

  @Bean
  ScheduledRuns scheduledRuns(JdbcClient jdbc) {
    return new ScheduledRuns(jdbc);
  }

  @Bean
  UnsettledRuns unsettledRuns(JdbcClient jdbc) {
    return new UnsettledRuns(jdbc);
  }

  @Bean
  RunRequests runRequests(RunLog log, EventSender sender, Clock clock) {
    return new RunRequests(log, sender, clock);
  }

  @Bean
  RunSettings runSettings(Settings settings, Environment environment) {
    int lease = settings.integer("RUN_LEASE_SECONDS", 30, 3, 3600);
    return new RunSettings(
        environment.getProperty("spring.application.name", "service")
            + "@"
            + host()
            + "/"
            + ProcessHandle.current().pid(),
        settings.integer("CONCURRENT_RUNS", 4, 1, 100),
        Duration.ofSeconds(lease),
        Duration.ofMillis(Math.min(2000, lease * 1000L / 3)),
        settings.integer("RUN_MAX_ATTEMPTS", 3, 1, 20),
        Duration.ofSeconds(settings.integer("RUN_TIME_LIMIT_SECONDS", 6 * 3600, 1, 7 * 86_400)));
  }

  @Bean
  RunLimits runLimits(Settings settings) {
    return RunLimits.of(settings);
  }

  @Bean
  JobWorkers jobWorkers(JdbcClient jdbc, JsonMapper json) {
    return new JobWorkers(jdbc, json);
  }

  @Bean
  RunRetention runRetention(JdbcClient jdbc) {
    return new RunRetention(jdbc);
  }

  @Bean
  RunClaims runClaims(
      RunLog log,
      RunLimits limits,
      RunSettings settings,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    return new RunClaims(log, limits, settings, jdbc, new TransactionTemplate(transactions));
  }

  @Bean
  @ConditionalOnBean(JobHandler.class)
  Presence presence(JobWorkers workers, List<JobHandler> handlers, RunSettings settings) {
    return new Presence(workers, handlers, settings.worker());
  }

  @Bean
  RunMeters runMeters(MeterRegistry registry, ObjectProvider<JobHandler> handlers) {
    return new RunMeters(registry).of(handlers.stream().toList());
  }

  @Bean
  @ConditionalOnBean(JobHandler.class)
  RunConclusion runConclusion(
      HeldRuns held, EventSender sender, RunMeters meters, RunSettings settings, Clock clock) {
    return new RunConclusion(held, sender, meters, settings, clock);
  }

  @Bean
  @ConditionalOnBean(JobHandler.class)
  RunExecutor runExecutor(
      List<JobHandler> handlers,
      HeldRuns held,
      RunClaims claims,
      RunConclusion conclusion,
      RunSettings settings,
      Traces traces) {
    return new RunExecutor(handlers, held, claims, conclusion, settings, traces);
  }

  @Bean
  @ConditionalOnBean(JobHandler.class)
  JobRequestedListener jobRequestedListener(EventCodec codec, RunExecutor executor) {
    return new JobRequestedListener(codec, executor);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
