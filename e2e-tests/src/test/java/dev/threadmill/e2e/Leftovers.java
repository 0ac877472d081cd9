package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Runs, ticks, hints and events that nobody works any more, and dead letters. */
record Leftovers(FaultStack faults, String story) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  void assertNone() throws Exception {
    assertThat(
            faults.tables.texts(
                "select job_name || ' ' || status || ' ' || id from job_runs where status in"
                    + " ('queued', 'running') and due_at < now() - interval '10 s'"))
        .as("%s: runs that are stuck", story)
        .isEmpty();
    assertThat(
            faults.tables.number(
                "select count(*) from scheduler_ticks where processed_at is null and requested_at <"
                    + " now() - interval '20 s'"))
        .as("%s: ticks that nobody worked", story)
        .isZero();
    // One that no chunk has, since its message was edited or deleted after its worker died, goes
    // after
    // a day.
    assertThat(
            faults.tables.number(
                """
                select count(*) from texts_in_flight t
                where t.lease_until > now() or exists (select from rag_chunks c where c.text_hash = t.text_hash)
                """))
        .as(story)
        .isZero();
    assertThat(faults.tables.number("select count(*) from sync_hints")).as(story).isZero();
    assertThat(deadLetters()).as("%s: dead letters", story).isZero();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(unread()).as("%s: events unread", story).isEmpty());
  }

  /** In all topics of dead letters, whatever they hold. */
  private long deadLetters() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", faults.bootstrapServers))) {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (String topic : admin.listTopics().names().get(10, TimeUnit.SECONDS)) {
        for (int number = 0; topic.endsWith(".dlt") && number < FaultStack.PARTITIONS; number++) {
          latest.put(new TopicPartition(topic, number), OffsetSpec.latest());
        }
      }
      assertThat(latest).isNotEmpty();
      return admin.listOffsets(latest).all().get(10, TimeUnit.SECONDS).values().stream()
          .mapToLong(end -> end.offset())
          .sum();
    }
  }

  /** How far each group is behind, where it is. */
  private Map<String, Long> unread() throws Exception {
    Map<String, Long> behind = new HashMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", faults.bootstrapServers))) {
      for (var group : admin.listGroups().all().get(10, TimeUnit.SECONDS)) {
        Map<TopicPartition, OffsetAndMetadata> read =
            admin
                .listConsumerGroupOffsets(group.groupId())
                .partitionsToOffsetAndMetadata()
                .get(10, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartition part : read.keySet()) {
          // Those too of which nothing was ever read.
          for (int number = 0; number < FaultStack.PARTITIONS; number++) {
            latest.put(new TopicPartition(part.topic(), number), OffsetSpec.latest());
          }
        }
        admin
            .listOffsets(latest)
            .all()
            .get(10, TimeUnit.SECONDS)
            .forEach(
                (part, end) -> {
                  OffsetAndMetadata offset = read.get(part);
                  long left = end.offset() - (offset == null ? 0 : offset.offset());
                  // The scheduler ticks all the time.
                  if (left > (part.topic().equals("scheduler.tick") ? 3 : 0)) {
                    behind.put(group.groupId() + " " + part, left);
                  }
                });
      }
    }
    return behind;
  }
}
