package dev.threadmill.localstack.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TestServersIT {

  private final TestServers servers = TestServers.shared();

  @Test
  void a_new_database_is_empty_and_finds_the_nearest_vector() throws SQLException {
    Database database = servers.createDatabase();

    try (Connection connection = connect(database);
        var statement = connection.createStatement()) {
      statement.execute("create extension vector");
      statement.execute("create table point (name text, at vector(3))");
      statement.execute("create index on point using hnsw (at vector_cosine_ops)");
      statement.execute("insert into point values ('left', '[-1,0,0]'), ('right', '[1,0,0]')");

      var nearest =
          statement.executeQuery("select name from point order by at <=> '[0.9,0.1,0]' limit 1");
      assertThat(nearest.next()).isTrue();
      assertThat(nearest.getString(1)).isEqualTo("right");
    }
  }

  @Test
  void each_database_is_another_one() {
    assertThat(servers.createDatabase()).isNotEqualTo(servers.createDatabase());
  }

  @Test
  void the_server_comes_back_at_the_same_address_with_its_data() throws SQLException {
    Database database = servers.createDatabase();
    execute(database, "create table kept (id int)");

    servers.stopPostgres();
    assertThatThrownBy(() -> connect(database)).isInstanceOf(SQLException.class);
    servers.startPostgres();

    execute(database, "insert into kept values (1)");
  }

  @Test
  void the_broker_keeps_a_record_over_a_restart() throws Exception {
    String topic = "kept-" + UUID.randomUUID();
    createTopic(topic);
    try (var producer =
        new KafkaProducer<>(
            client("acks", "all"), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, bytes("hello"))).get();
    }

    servers.stopKafka();
    servers.startKafka();

    try (var consumer =
        new KafkaConsumer<>(
            client("auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      var records = consumer.poll(Duration.ofSeconds(20));
      assertThat(records).singleElement().extracting("value").isEqualTo(bytes("hello"));
    }
  }

  private void createTopic(String name) throws Exception {
    try (Admin admin = Admin.create(client("client.id", "test"))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }
  }

  private Map<String, Object> client(String key, String value) {
    return Map.of("bootstrap.servers", servers.bootstrapServers(), key, value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void execute(Database database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(Database database) throws SQLException {
    return DriverManager.getConnection(
        database.jdbcUrl(), database.username(), database.password());
  }
}
