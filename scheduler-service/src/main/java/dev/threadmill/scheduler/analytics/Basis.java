package dev.threadmill.scheduler.analytics;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a project's facts are computed with.
 *
 * @param zone where days begin and end
 * @param hours null: the project has none
 * @param text of both; facts of another one have to be computed anew
 */
record Basis(String zone, @Nullable BusinessHours hours, String text) {
  /**
   * @param days of the week, from 1, which is Monday
   * @param from {@code HH:MM:SS}
   * @param until later, at most {@code 24:00:00}
   */
  record BusinessHours(List<Integer> days, String from, String until) {}

  boolean hasKnownZone() {
    try {
      return ZoneId.of(zone).getRules() != null;
    } catch (DateTimeException unknown) {
      return false;
    }
  }
}
