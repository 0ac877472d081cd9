package dev.threadmill.gateway.dashboard;

import dev.threadmill.core.job.JobType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How values are written on pages; templates have it as {@code show}. */
public final class Shown {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB", "PB"};
  private static final int MANY = 1024;
  private static final long SECONDS_OF_MINUTE = 60;

  /** For who runs no scripts; the others see it in their own time zone. */
  public String time(@Nullable Instant at) {
    return at == null ? "–" : TIME.format(at);
  }

  public String number(long number) {
    return String.format(Locale.ENGLISH, "%,d", number);
  }

  /** The word alone, in the number that fits. */
  public String count(long number, String word) {
    return number == 1 ? word : word + "s";
  }

  /** Number and word. */
  public String many(long number, String word) {
    return number(number) + " " + count(number, word);
  }

  public String bytes(long bytes) {
    double rest = bytes;
    int unit = 0;
    while (rest >= MANY && unit < UNITS.length - 1) {
      rest /= MANY;
      unit++;
    }
    return String.format(
        Locale.ENGLISH, rest < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", rest, UNITS[unit]);
  }

  public String percent(long part, long all) {
    // Not 100 before all is done.
    return all == 0 ? "–" : part * 100 / all + " %";
  }

  public double atMost(double value, double most) {
    return Math.min(value, most);
  }

  public String usd(BigDecimal amount) {
    boolean tiny = amount.signum() > 0 && amount.compareTo(new BigDecimal("0.01")) < 0;
    return "$"
        + amount
            .setScale(tiny ? 4 : 2, tiny ? RoundingMode.UP : RoundingMode.HALF_UP)
            .toPlainString();
  }

  /** Of milliseconds. */
  public String duration(long ms) {
    return ms < 10_000
        ? String.format(Locale.ENGLISH, "%.1f s", ms / 1000.0)
        : seconds(Duration.ofMillis(ms).toSeconds());
  }

  public String seconds(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    if (seconds < SECONDS_OF_MINUTE) {
      return seconds + " s";
    }
    if (time.toHours() == 0) {
      return time.toMinutes() + " min" + rest(time.toSecondsPart(), "s");
    }
    return time.toDays() == 0
        ? time.toHours() + " h" + rest(time.toMinutesPart(), "min")
        : time.toDays() + " d" + rest(time.toHoursPart(), "h");
  }

  private static String rest(int number, String unit) {
    return number == 0 ? "" : " " + number + " " + unit;
  }

  /** {@code chatwoot_sync} as people say it. */
  public String job(JobType job) {
    return words(job.wireName());
  }

  /** Who asked for a run; of another run only its job. */
  public String by(String requestedBy) {
    return requestedBy.replaceFirst(" [0-9a-f-]{36}$", "");
  }

  /** A wire name as words. */
  public String words(String name) {
    return sentence(name.replace('_', ' '));
  }

  /** With a capital in front. */
  public String sentence(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
