package dev.threadmill.gateway.deadletters;

import java.util.Optional;
import java.util.regex.Pattern;

/** Where a dead letter lies; as text {@code topic:partition:offset}. */
record LetterId(String topic, int partition, long offset) {
  private static final Pattern FORM =
      Pattern.compile("([a-z.-]{1,200}\\.dlt):([0-9]{1,6}):([0-9]{1,18})");

  /** Empty: nothing can have such an id. */
  static Optional<LetterId> read(String text) {
    var parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(
            new LetterId(
                parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return topic + ":" + partition + ":" + offset;
  }
}
