package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** The table {@code dead_letter_replays}. A row outlives its letter by a month. */
@Repository
class Replays {
  private static final int DELETED_AT_ONCE = 1000;

  private final JdbcClient jdbc;

  Replays(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How often and when at last a letter was sent again. */
  record Replayed(int times, Instant last, String by) {}

  /** Of these letters, those that were sent again. */
  Map<LetterId, Replayed> of(Collection<LetterKey> letters) {
    Map<LetterId, Replayed> found = new HashMap<>();
    if (letters.isEmpty()) {
      return found;
    }
    with(
            """
            select r.topic, r.partition, r.record_offset, r.replays, r.last_replayed_at, r.last_replayed_by
            from unnest(:topics::text[], :partitions::int[], :offsets::bigint[], :times::timestamptz[])
              as l (topic, partition, record_offset, record_at)
            join dead_letter_replays r using (topic, partition, record_offset, record_at)
            where r.replays > 0
            """,
            letters)
        .query(
            row -> {
              found.put(
                  new LetterId(
                      row.getString("topic"),
                      row.getInt("partition"),
                      row.getLong("record_offset")),
                  new Replayed(
                      row.getInt("replays"),
                      Columns.requiredInstant(row, "last_replayed_at"),
                      row.getString("last_replayed_by")));
            });
    return found;
  }

  /** Notes that these letters are sent again. Some rows that are too old go on the way. */
  void note(Collection<LetterKey> letters, String by) {
    jdbc.sql(
            """
            delete from dead_letter_replays where (topic, partition, record_offset, record_at) in (
              select topic, partition, record_offset, record_at from dead_letter_replays
              where last_replayed_at < now() - interval '60 days'
              order by last_replayed_at limit :limit for update skip locked)
            """)
        .param("limit", DELETED_AT_ONCE)
        .update();
    with(
            """
            insert into dead_letter_replays (topic, partition, record_offset, record_at, replays, last_replayed_by)
            select l.topic, l.partition, l.record_offset, l.record_at, 1, :by
            from unnest(:topics::text[], :partitions::int[], :offsets::bigint[], :times::timestamptz[])
              as l (topic, partition, record_offset, record_at)
            order by 1, 2, 3
            on conflict (topic, partition, record_offset, record_at) do update
            set replays = dead_letter_replays.replays + 1, last_replayed_at = now(), last_replayed_by = excluded.last_replayed_by
            """,
            letters)
        .param("by", by)
        .update();
  }

  /** The broker did not take them after all. */
  void takeBack(Collection<LetterKey> letters) {
    with(
            """
            update dead_letter_replays r set replays = r.replays - 1
            from unnest(:topics::text[], :partitions::int[], :offsets::bigint[], :times::timestamptz[])
              as l (topic, partition, record_offset, record_at)
            where r.topic = l.topic and r.partition = l.partition and r.record_offset = l.record_offset
              and r.record_at = l.record_at and r.replays > 0
            """,
            letters)
        .update();
  }

  /** A letter, told from that of another broker that lay in the same place. */
  record LetterKey(LetterId id, Instant at) {
    static LetterKey of(DeadLetter letter) {
      return new LetterKey(letter.id(), letter.at());
    }
  }

  private StatementSpec with(String sql, Collection<LetterKey> letters) {
    return jdbc.sql(sql)
        .param("topics", Columns.texts(letters.stream().map(one -> one.id().topic()).toList()))
        .param(
            "partitions", Columns.texts(letters.stream().map(one -> one.id().partition()).toList()))
        .param("offsets", Columns.texts(letters.stream().map(one -> one.id().offset()).toList()))
        .param("times", Columns.texts(letters.stream().map(LetterKey::at).toList()));
  }
}
