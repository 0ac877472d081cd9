package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.job.JobType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A project with a year of conversations, ten messages each, and a scheduler that works its jobs.
 */
final class InsightProject implements AutoCloseable {
  /** A contact has five conversations. */
  static final int CONTACTS = InsightBench.MESSAGES / 50;

  private static final UUID PROJECT = new UUID(1, 1);
  private static final int OF_A_CONVERSATION = 10;

  /** New ones come in threads, too. */
  private static final int NEW_OF_A_CONVERSATION = 5;

  private static final long PATIENCE = 3_600_000_000_000L;

  /** A job that always leaves something never comes to an end. */
  private static final int MOST_RUNS = 1_000;

  private final BenchServers servers;
  private final String jdbcUrl;
  private final ServiceProcess scheduler;
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();
  private int conversations;
  private int messages;

  private InsightProject(BenchServers servers, String jdbcUrl) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    // Its own timer stays out of what is measured.
    this.scheduler =
        ServiceProcess.start(
            servers,
            "scheduler-service",
            jdbcUrl,
            "256m",
            Map.of("SCHEDULER_TICK_SECONDS", "3600"));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  static InsightProject start(BenchServers servers) throws SQLException {
    return new InsightProject(servers, servers.createDatabase());
  }

  /** Contacts, conversations and messages, as a sync leaves them; nobody worked on them yet. */
  void fill(int count) throws SQLException {
    conversations = count / OF_A_CONVERSATION;
    execute("insert into projects (id, name) values ('" + PROJECT + "', 'insight')");
    execute(
        """
        insert into project_sources (project_id, source_kind, base_url, external_id)
        values ('%s', 'chatwoot', 'http://bench.invalid', '1')
        """
            .formatted(PROJECT));
    execute(
        """
        insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, data)
        select 'cwc:' || s.project_id || ':1:' || n, s.project_id, s.id, 1, n, 'Customer ' || n, '{}'
        from project_sources s cross join generate_series(1, %d) n where s.project_id = '%s'
        """
            .formatted(CONTACTS, PROJECT));
    execute(
        """
        insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, inbox_id, channel,
          status, assignee_id, assignee_name, contact_global_id, created_at, last_activity_at, first_reply_created_at,
          data)
        select 'cw:' || s.project_id || ':1:' || n, s.project_id, s.id, 1, n, 1 + n %% 4, 'Channel::Email',
          case n %% 3 when 0 then 'open' else 'resolved' end, nullif(n %% 20, 0), 'Agent ' || n %% 20,
          'cwc:' || s.project_id || ':1:' || 1 + n %% %d, b.at, b.at + interval '2 days', b.at + n %% 300 * interval '1 min',
          '{}'
        from project_sources s cross join generate_series(1, %d) n
          cross join lateral (select now() - interval '3 days' - n * interval '365 days' / %d as at) b
        where s.project_id = '%s'
        """
            .formatted(CONTACTS, conversations, conversations, PROJECT));
    write(1, count, OF_A_CONVERSATION, false);
    for (String table :
        List.of("cw_contacts", "cw_conversations", "cw_messages", "changed_conversations")) {
      execute("vacuum analyze " + table);
    }
  }

  /** New messages of this moment, in conversations all over the year. */
  void add(int count) throws SQLException {
    write(messages + 1, messages + count, NEW_OF_A_CONVERSATION, true);
  }

  private void write(int from, int to, int ofAConversation, boolean areNew) throws SQLException {
    execute(
        """
        insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content, private,
          created_at, data)
        select 'cwmsg:' || c.project_id || ':1:' || n, c.project_id, c.global_id, n,
          case n %% 2 when 0 then 'incoming' else 'outgoing' end,
          (array['Where is my parcel? It was promised for Monday.', 'Thank you, that was quick and friendly!',
            'The app crashes whenever I open the settings.', 'I want my money back, please.',
            'We would like to order twenty more of these.'])[1 + n %% 5], false,
          case when %s then now() else c.created_at + n %% 10 * interval '4 hours' end, '{}'
        from generate_series(%d, %d) n
          join cw_conversations c on c.global_id = 'cw:%s:1:' || 1 + (n / %d * 7919::bigint) %% %d
        """
            .formatted(areNew, from, to, PROJECT, ofAConversation, conversations));
    messages = to;
  }

  /** Seconds that runs of this job took until one left nothing, by the database's clock. */
  double runToTheEnd(JobType job) throws SQLException, InterruptedException {
    double seconds = 0;
    for (int runs = 0; runs < MOST_RUNS; runs++) {
      UUID run = UUID.randomUUID();
      seconds += run(job, run);
      if (number(
              "select count(*) from job_runs where (result ->> 'left')::boolean and id = '"
                  + run
                  + "'")
          == 0) {
        return seconds;
      }
    }
    throw new IllegalStateException(job + " leaves something after " + MOST_RUNS + " runs");
  }

  private double run(JobType job, UUID run) throws SQLException, InterruptedException {
    execute(
        """
        insert into job_runs (id, project_id, job_name, trigger, requested_by)
        values ('%s', '%s', '%s', 'manual', 'bench')
        """
            .formatted(run, PROJECT, job.wireName()));
    var event = new JobRequested(UUID.randomUUID(), Instant.now(), PROJECT, run, job, 0);
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topic.of(event).topicName(), Topic.keyOf(event), codec.write(event)));
    producer.flush();
    long end = System.nanoTime() + PATIENCE;
    while (number(
            "select count(*) from job_runs where finished_at is not null and id = '" + run + "'")
        == 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(job + " does not end");
      }
      Thread.sleep(10);
    }
    require("select count(*) from job_runs where status = 'ok' and id = '" + run + "'", 1);
    return number(
            "select extract(epoch from finished_at - started_at) * 1000 from job_runs where id = '"
                + run
                + "'")
        / 1000;
  }

  void require(String count, long wanted) throws SQLException {
    double found = number(count);
    if (found != wanted) {
      throw new IllegalStateException("%.0f instead of %d: %s".formatted(found, wanted, count));
    }
  }

  private double number(String sql) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getDouble(1);
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Of the scheduler's process. */
  Usage usage() {
    return Usage.of(List.of(scheduler.pid()));
  }

  @Override
  public void close() {
    producer.close();
    scheduler.close();
  }
}
