package dev.threadmill.core.trace;

import io.opentelemetry.api.OpenTelemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

@AutoConfiguration
class TraceConfiguration {
  @Bean
  Traces traces(ObjectProvider<OpenTelemetry> telemetry) {
    return new Traces(telemetry.getIfAvailable(OpenTelemetry::noop));
  }
}
