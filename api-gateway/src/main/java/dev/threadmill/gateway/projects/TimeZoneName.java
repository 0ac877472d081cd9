package dev.threadmill.gateway.projects;

import dev.threadmill.gateway.problem.ApiProblem;
import java.time.ZoneId;

/** The name of a time zone that both Java and PostgreSQL know. */
public record TimeZoneName(String text) {
  /**
   * A region, for offsets and abbreviations mean different things to different programs.
   *
   * @throws ApiProblem when it is none
   */
  public static TimeZoneName of(String wanted) {
    boolean region = wanted.equals("UTC") || wanted.indexOf('/') > 0;
    if (!region
        || !ZoneId.getAvailableZoneIds().contains(wanted)
        || wanted.startsWith("SystemV/")) {
      throw ApiProblem.invalid("'time_zone' is UTC or a name such as Europe/Berlin.");
    }
    return new TimeZoneName(wanted);
  }
}
