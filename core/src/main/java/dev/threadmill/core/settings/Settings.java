package dev.threadmill.core.settings;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/**
 * Reads configuration by the names of the environment variables that users set. Each reader throws
 * {@link InvalidSettingException}, which stops the service with a message that names the variable.
 * A blank value counts as not set.
 */
public final class Settings {
  private static final Pattern BROKERS =
      Pattern.compile("[^\\s,]+:[0-9]{1,5}(\\s*,\\s*[^\\s,]+:[0-9]{1,5})*");

  private final Environment environment;

  public Settings(Environment environment) {
    this.environment = environment;
  }

  /** The trimmed value, or empty when the variable is not set or blank. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(environment.getProperty(name))
        .map(String::trim)
        .filter(value -> !value.isEmpty());
  }

  public String required(String name, String whatItIs) {
    return text(name)
        .orElseThrow(
            () -> new InvalidSettingException(name, "is not set; it must hold " + whatItIs));
  }

  /** A whole number within the given bounds, both inclusive. */
  public int integer(String name, int defaultValue, int min, int max) {
    return (int) whole(name, defaultValue, min, max);
  }

  /** A whole number within the given bounds, both inclusive. */
  public long whole(String name, long defaultValue, long min, long max) {
    String expected = "a whole number from " + min + " to " + max;
    return text(name)
        .map(
            value -> {
              try {
                long number = Long.parseLong(value);
                if (number >= min && number <= max) {
                  return number;
                }
              } catch (NumberFormatException notANumber) {
                // Said below, with the bounds.
              }
              throw new InvalidSettingException(name, "is '" + value + "'; expected " + expected);
            })
        .orElse(defaultValue);
  }

  /** A decimal number within the given bounds, both inclusive. */
  public double decimal(String name, double defaultValue, double min, double max) {
    return text(name)
        .map(
            value -> {
              try {
                double number = Double.parseDouble(value);
                if (number >= min && number <= max) {
                  return number;
                }
              } catch (NumberFormatException notANumber) {
                // Said below, with the bounds.
              }
              throw new InvalidSettingException(
                  name, "is '" + value + "'; expected a number from " + min + " to " + max);
            })
        .orElse(defaultValue);
  }

  /** One of an enum's names, in lower case. */
  public <E extends Enum<E>> E oneOf(String name, E defaultValue) {
    E[] values = defaultValue.getDeclaringClass().getEnumConstants();
    return text(name)
        .map(
            value ->
                Arrays.stream(values)
                    .filter(candidate -> wireName(candidate).equals(value.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new InvalidSettingException(
                                name,
                                "is '"
                                    + value
                                    + "'; expected one of "
                                    + Arrays.stream(values)
                                        .map(Settings::wireName)
                                        .collect(Collectors.joining(", ")))))
        .orElse(defaultValue);
  }

  /** An absolute http or https address, without a trailing slash; it must not carry credentials. */
  public Optional<URI> httpAddress(String name) {
    return text(name)
        .map(
            value -> {
              try {
                URI uri = URI.create(value.replaceAll("/+$", ""));
                boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (http && uri.getHost() != null && uri.getUserInfo() == null) {
                  return uri;
                }
              } catch (IllegalArgumentException malformed) {
                // Said below. The value is not repeated: it might carry credentials.
              }
              throw new InvalidSettingException(
                  name,
                  "is not an address such as https://chat.example.com, without user and password");
            });
  }

  /** A JDBC address of PostgreSQL. */
  public String databaseAddress(String name) {
    String what = "the database's address: jdbc:postgresql://host:port/name";
    String value = required(name, what);
    if (!value.startsWith("jdbc:postgresql:")) {
      // The value is not repeated: it might carry a password.
      throw new InvalidSettingException(name, "is not " + what);
    }
    return value;
  }

  /** One or more {@code host:port}, with commas between them. */
  String brokerAddresses(String name) {
    String what = "the brokers' addresses: host:port[,host:port]";
    String value = required(name, what);
    if (!BROKERS.matcher(value).matches()) {
      throw new InvalidSettingException(name, "is '" + value + "'; expected " + what);
    }
    return value;
  }

  private static String wireName(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
