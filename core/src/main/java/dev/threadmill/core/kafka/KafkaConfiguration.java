package dev.threadmill.core.kafka;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.settings.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;

/** Sending, receiving, dead letters and the watch over the broker, the same in every service. */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
class KafkaConfiguration {
  private final int partitions;

  KafkaConfiguration(Settings settings) {
    this.partitions = settings.integer("KAFKA_TOPIC_PARTITIONS", 12, 1, 1000);
  }

  /** Before any client is made; all of them, the admin's included, begin with these properties. */
  @Bean
  static BeanPostProcessor kafkaSecurity(Environment environment) {
    Map<String, String> security = KafkaSecurity.properties(new Settings(environment));
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof KafkaProperties properties) {
          properties.getProperties().putAll(security);
          String protocol = security.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
          if (protocol != null) {
            properties.getSecurity().setProtocol(protocol);
          }
        }
        return bean;
      }
    };
  }

  @Bean
  EventCodec eventCodec() {
    return new EventCodec();
  }

  @Bean
  KafkaConnection kafkaConnection(
      KafkaAdmin admin, KafkaListenerEndpointRegistry listeners, MeterRegistry meters) {
    var connection = new KafkaConnection(admin, listeners, partitions);
    Gauge.builder("threadmill.kafka.up", connection, watched -> watched.isUp() ? 1 : 0)
        .description("1 while the broker answers this process")
        .register(meters);
    return connection;
  }

  @Bean
  KafkaHealthIndicator kafkaHealthIndicator(KafkaConnection connection) {
    return new KafkaHealthIndicator(connection);
  }

  @Bean
  EventSender eventSender(
      KafkaTemplate<String, byte[]> template,
      EventCodec codec,
      KafkaConnection connection,
      MeterRegistry meters) {
    return new EventSender(template, codec, connection, meters);
  }

  @Bean
  DeadLetters deadLetters(KafkaTemplate<String, byte[]> template, MeterRegistry meters) {
    return new DeadLetters(template, meters);
  }

  @Bean
  DefaultErrorHandler listenerErrorHandler(DeadLetters deadLetters) {
    return ListenerErrors.handler(deadLetters);
  }
}
