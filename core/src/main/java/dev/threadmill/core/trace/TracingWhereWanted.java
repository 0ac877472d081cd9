package dev.threadmill.core.trace;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Leaves Spring Boot's tracing out unless {@code OTEL_EXPORTER_OTLP_ENDPOINT} is set. On the class
 * path it would make spans that nobody gets.
 */
final class TracingWhereWanted implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String WANTED = "OTEL_EXPORTER_OTLP_ENDPOINT";

  private boolean wanted;

  @Override
  public void setEnvironment(Environment environment) {
    wanted = StringUtils.hasText(environment.getProperty(WANTED));
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      String name = classes[i];
      matches[i] = name == null || !isLogging(name) && (wanted || !isTracing(name));
    }
    return matches;
  }

  /** Logs go to standard output, wherever traces go. */
  private static boolean isLogging(String name) {
    return name.startsWith("org.springframework.boot.opentelemetry.autoconfigure.logging.");
  }

  private static boolean isTracing(String name) {
    return name.startsWith("org.springframework.boot.micrometer.tracing.")
        || name.startsWith("org.springframework.boot.opentelemetry.");
  }
}
