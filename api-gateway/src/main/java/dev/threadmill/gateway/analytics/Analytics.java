package dev.threadmill.gateway.analytics;

import java.time.LocalDate;
import java.util.List;

/**
 * What was found.
 *
 * @param timeZone in which days begin and end
 * @param upToDate whether everything that changed is in the numbers; if not, the next run of {@code
 *     analytics_aggregates} puts it there
 */
public record Analytics(
    LocalDate from,
    LocalDate to,
    List<String> groupBy,
    String timeZone,
    boolean upToDate,
    List<AnalyticsRow> items) {}
