package dev.threadmill.scheduler.analytics;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The numbers as somebody would count them who reads all rows, one after the other. */
final class PlainNumbers {
  private final JdbcClient jdbc;
  private final UUID project;
  private final ZoneId zone;
  private final List<Integer> days;
  private final LocalTime opens;
  private final LocalTime closes;
  private final boolean untilMidnight;
  private final Map<String, Cell> cells = new TreeMap<>();

  private static final class Cell {
    int opened;
    int resolved;
    int reopened;
    int in;
    int out;
    final Set<String> contacts = new HashSet<>();
    final Map<String, Instant> lastResolved = new HashMap<>();
    final List<List<Double>> times =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    final Map<String, Integer> signals = new TreeMap<>();
  }

  private record Conversation(
      String id, long inbox, long agent, String contact, Instant created, Instant replied) {}

  PlainNumbers(JdbcClient jdbc, UUID project) {
    this.jdbc = jdbc;
    this.project = project;
    this.zone = ZoneId.of(one("select time_zone from projects where id = :project"));
    String hours =
        one(
            """
            select coalesce((select array_to_string(business_days, ',') || ' ' || left(business_from::text, 5) || ' '
              || left(business_until::text, 5) from analytics_settings where project_id = :project), '')
            """);
    String[] parts = hours.split(" ");
    this.days =
        hours.isEmpty()
            ? List.of()
            : List.of(parts[0].split(",")).stream().map(Integer::valueOf).toList();
    this.opens = hours.isEmpty() ? LocalTime.MIN : LocalTime.parse(parts[1]);
    this.untilMidnight = !hours.isEmpty() && parts[2].equals("24:00");
    this.closes = hours.isEmpty() || untilMidnight ? LocalTime.MAX : LocalTime.parse(parts[2]);
  }

  private String one(String sql) {
    return jdbc.sql(sql).param("project", project).query(String.class).single();
  }

  /** A line for each day of each level, as {@link #stored} writes it. */
  Map<String, String> count() {
    List<Conversation> all =
        jdbc.sql(
                """
                select global_id, coalesce(inbox_id, 0) as inbox, coalesce(assignee_id, 0) as agent, contact_global_id,
                  created_at, first_reply_created_at
                from cw_conversations where project_id = :project and deleted_at is null
                """)
            .param("project", project)
            .query(
                (row, n) ->
                    new Conversation(
                        row.getString("global_id"),
                        row.getLong("inbox"),
                        row.getLong("agent"),
                        row.getString("contact_global_id"),
                        instant(row, "created_at"),
                        instant(row, "first_reply_created_at")))
            .list();
    all.forEach(this::count);
    Map<String, String> lines = new TreeMap<>();
    cells.forEach((key, cell) -> lines.put(key, line(cell)));
    return lines;
  }

  private void count(Conversation of) {
    at(of, of.created()).forEach(cell -> cell.opened++);
    if (of.replied() != null) {
      Instant replied = later(of.replied(), of.created());
      at(of, replied).forEach(cell -> times(cell, 0, of.created(), replied));
    }
    statuses(of);
    rows(
            "select * from cw_messages where conversation_global_id = :id and not private and deleted_at is null",
            of)
        .forEach(
            message -> {
              boolean in = "incoming".equals(message.get("message_type"));
              if (in || "outgoing".equals(message.get("message_type"))) {
                at(of, (Instant) message.get("created_at"))
                    .forEach(
                        cell -> {
                          cell.in += in ? 1 : 0;
                          cell.out += in ? 0 : 1;
                          if (in && of.contact() != null) {
                            cell.contacts.add(of.contact());
                          }
                        });
              }
            });
    rows(
            "select * from signals where conversation_global_id = :id and status <> 'dismissed' and occurrences > 0",
            of)
        .forEach(
            signal ->
                at(of, (Instant) signal.get("first_seen_at"))
                    .forEach(
                        cell -> cell.signals.merge((String) signal.get("type"), 1, Integer::sum)));
  }

  private void statuses(Conversation of) {
    Instant seenBefore = Instant.MIN;
    Instant reached = Instant.MIN;
    Map<LocalDate, Instant> last = new TreeMap<>();
    for (var change :
        rows(
            "select * from conversation_status_changes where conversation_global_id = :id order by id",
            of)) {
      Instant seen = (Instant) change.get("seen_at");
      Instant told = null;
      for (var activity :
          rows(
              "select * from cw_messages where conversation_global_id = :id and message_type = 'activity' and deleted_at is null",
              of)) {
        Instant at = (Instant) activity.get("created_at");
        if (at.isAfter(seenBefore) && !at.isAfter(seen) && (told == null || at.isAfter(told))) {
          told = at;
        }
      }
      Instant guess = Objects.requireNonNullElse(told, (Instant) change.get("activity_at"));
      Instant at = later(later(guess.isAfter(seen) ? seen : guess, of.created()), reached);
      reached = at;
      seenBefore = seen;
      if ("resolved".equals(change.get("status_after"))) {
        at(of, at).forEach(cell -> cell.resolved++);
        last.put(at.atZone(zone).toLocalDate(), at);
      } else if ("resolved".equals(change.get("status_before"))) {
        at(of, at).forEach(cell -> cell.reopened++);
      }
    }
    last.values().forEach(at -> at(of, at).forEach(cell -> times(cell, 2, of.created(), at)));
  }

  private List<Map<String, Object>> rows(String sql, Conversation of) {
    return jdbc.sql(sql).param("id", of.id()).query().listOfRows().stream()
        .map(
            row -> {
              Map<String, Object> read = new HashMap<>();
              row.forEach(
                  (name, value) ->
                      read.put(
                          name,
                          value instanceof java.sql.Timestamp time ? time.toInstant() : value));
              return read;
            })
        .toList();
  }

  private List<Cell> at(Conversation of, Instant time) {
    LocalDate day = time.atZone(zone).toLocalDate();
    return List.of(
            "project %s 0 0".formatted(day),
            "inbox %s %d 0".formatted(day, of.inbox()),
            "agent %s 0 %d".formatted(day, of.agent()),
            "inbox_agent %s %d %d".formatted(day, of.inbox(), of.agent()))
        .stream()
        .map(key -> cells.computeIfAbsent(key, unused -> new Cell()))
        .toList();
  }

  private void times(Cell cell, int first, Instant from, Instant to) {
    cell.times.get(first).add((double) Duration.between(from, to).toSeconds());
    if (!days.isEmpty()) {
      cell.times.get(first + 1).add(business(from, to));
    }
  }

  private double business(Instant from, Instant to) {
    Duration sum = Duration.ZERO;
    for (LocalDate day = from.atZone(zone).toLocalDate();
        !day.isAfter(to.atZone(zone).toLocalDate());
        day = day.plusDays(1)) {
      DayOfWeek of = day.getDayOfWeek();
      Instant begin = later(from, day.atTime(opens).atZone(zone).toInstant());
      Instant end =
          untilMidnight
              ? day.plusDays(1).atStartOfDay(zone).toInstant()
              : day.atTime(closes).atZone(zone).toInstant();
      end = end.isAfter(to) ? to : end;
      if (days.contains(of.getValue()) && end.isAfter(begin)) {
        sum = sum.plus(Duration.between(begin, end));
      }
    }
    return sum.toSeconds();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String line(Cell cell) {
    StringBuilder line =
        new StringBuilder(
            "%d %d %d %d %d %d"
                .formatted(
                    cell.opened,
                    cell.resolved,
                    cell.reopened,
                    cell.in,
                    cell.out,
                    cell.contacts.size()));
    for (List<Double> times : cell.times) {
      List<Double> sorted = times.stream().sorted().toList();
      line.append(" %s %s".formatted(percentile(sorted, 0.5), percentile(sorted, 0.9)));
    }
    return line.append(" ").append(cell.signals).toString();
  }

  private static String percentile(List<Double> sorted, double part) {
    if (sorted.isEmpty()) {
      return "-";
    }
    double place = (sorted.size() - 1) * part;
    double below = sorted.get((int) Math.floor(place));
    double above = sorted.get((int) Math.ceil(place));
    return Long.toString(
        Math.round(1000 * (below + (above - below) * (place - Math.floor(place)))));
  }

  /** What the job wrote. */
  Map<String, String> stored() {
    Map<String, String> lines = new TreeMap<>();
    jdbc.sql("select * from analytics_daily where project_id = :project")
        .param("project", project)
        .query(
            row -> {
              StringBuilder line = new StringBuilder();
              for (String column :
                  List.of(
                      "opened",
                      "resolved",
                      "reopened",
                      "messages_in",
                      "messages_out",
                      "contacts")) {
                line.append(line.isEmpty() ? "" : " ").append(row.getLong(column));
              }
              for (String time :
                  List.of(
                      "first_response",
                      "first_response_business",
                      "resolution",
                      "resolution_business")) {
                for (String which : List.of("_median", "_p90")) {
                  double seconds = row.getDouble(time + which);
                  line.append(" ").append(row.wasNull() ? "-" : Math.round(1000 * seconds));
                }
              }
              Map<String, Integer> signals = new TreeMap<>();
              Columns.json(row, "signals")
                  .properties()
                  .forEach(type -> signals.put(type.getKey(), type.getValue().asInt()));
              lines.put(
                  "%s %s %d %d"
                      .formatted(
                          row.getString("level"),
                          row.getObject("day", LocalDate.class),
                          row.getLong("inbox_id"),
                          row.getLong("agent_id")),
                  line.append(" ").append(signals).toString());
            });
    return lines;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
