package dev.threadmill.core.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.Topic;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.localstack.kafka.BrokerSecurity;
import dev.threadmill.localstack.kafka.KafkaBroker;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Ports;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.mock.env.MockEnvironment;

/**
 * A broker with TLS, SCRAM logins and rights, of which each user has those of deploy/kafka-acls.sh.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecuredKafkaIT {
  private static final String USER = "threadmill-scheduler";
  private static final String PASSWORD = "right \"and\" \\ proper";

  @TempDir private static Path directory;
  private static BrokerSecurity security;
  private static KafkaBroker broker;

  @BeforeAll
  static void broker() throws Exception {
    security = BrokerSecurity.create(directory.resolve("certificate"), "the-admins-password");
    broker =
        KafkaBroker.start(
            Checkout.find(),
            directory.resolve("kafka"),
            Ports.free(),
            directory.resolve("kafka.log"),
            security);
    try (var admin = AdminClient.create(adminLogin())) {
      admin
          .alterUserScramCredentials(
              List.of(
                  user("threadmill-gateway"),
                  user("threadmill-ingest"),
                  user("threadmill-embed"),
                  user(USER),
                  user("nobody")))
          .all()
          .get(20, TimeUnit.SECONDS);
      Set<String> topics = new TreeSet<>();
      List<AclBinding> rights = new ArrayList<>();
      for (String[] right : rights()) {
        if (right[2].equals("topic")) {
          topics.add(right[3]);
        }
        for (String operation : right[1].split(",")) {
          rights.add(binding(right, AclOperation.fromString(operation)));
        }
      }
      admin
          .createTopics(topics.stream().map(topic -> new NewTopic(topic, 1, (short) 1)).toList())
          .all()
          .get(20, TimeUnit.SECONDS);
      admin.createAcls(rights).all().get(20, TimeUnit.SECONDS);
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void a_service_with_a_login_and_the_rights_of_its_list_sends_receives_and_runs_a_job() {
    Database database = TestServers.shared().createDatabase();
    var application = new SpringApplicationBuilder(Service.class).web(WebApplicationType.NONE);
    try (var service =
        application.run(
            "--spring.application.name=scheduler-service",
            "--spring.datasource.url=" + database.jdbcUrl(),
            "--SPRING_DATASOURCE_URL=" + database.jdbcUrl(),
            "--spring.datasource.username=" + database.username(),
            "--SPRING_DATASOURCE_USERNAME=" + database.username(),
            "--spring.datasource.password=" + database.password(),
            "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "--SPRING_KAFKA_BOOTSTRAP_SERVERS=" + broker.bootstrapServers(),
            "--KAFKA_SECURITY_PROTOCOL=sasl_ssl",
            "--KAFKA_CA_FILE=" + security.authority(),
            "--KAFKA_SASL_USERNAME=" + USER,
            "--KAFKA_SASL_PASSWORD=" + PASSWORD)) {
      var connection = service.getBean(KafkaConnection.class);
      await().atMost(Duration.ofSeconds(60)).until(connection::isUp);
      JdbcClient jdbc = service.getBean(JdbcClient.class);
      UUID project =
          jdbc.sql("insert into projects (name) values ('secured') returning id")
              .query(UUID.class)
              .single();

      UUID run =
          service
              .getBean(RunRequests.class)
              .request(
                  new RunRequest(
                      project, JobType.HEALTH_SCORING, RunTrigger.MANUAL, "Ada", Map.of()))
              .runId();

      // Only its event starts it: nothing here sweeps.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  jdbc.sql("select status from job_runs where id = :id")
                      .param("id", run)
                      .query(String.class)
                      .single()
                      .equals("ok"));
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          jdbc.sql("select announced_at is not null from job_runs where id = :id")
                              .param("id", run)
                              .query(Boolean.class)
                              .single())
                      .isTrue());
    }
  }

  /** Read is {@code topic/group}. Who reads in a group also puts aside what it can't use. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          threadmill-gateway   | '' | scheduler.tick job.requested conversation.hinted message.upserted
          threadmill-ingest    | job.requested/ingest-service.job-requested conversation.hinted/ingest-service.conversation-hinted | message.upserted job.requested job.finished
          threadmill-embed     | message.upserted/embed-worker.message-upserted job.requested/embed-worker.job-requested | job.requested job.finished
          threadmill-scheduler | scheduler.tick/scheduler-service.tick job.requested/scheduler-service.job-requested | scheduler.tick job.requested job.finished
          """)
  void each_services_user_may_read_and_write_what_its_service_does(
      String user, String read, String written) throws Exception {
    Map<String, Object> login = login(user);
    awaitTopicsSeenBy(login);

    for (String topic : written.split(" ", -1)) {
      BrokerUse.write(login, topic);
    }
    for (String each : read.isEmpty() ? new String[0] : read.split(" ", -1)) {
      String topic = each.substring(0, each.indexOf('/'));
      String group = each.substring(each.indexOf('/') + 1);
      BrokerUse.write(adminLogin(), topic);
      BrokerUse.read(login, topic, group);
      BrokerUse.write(login, Topic.deadLetters(topic, group));
    }
  }

  @Test
  void the_gateways_user_reads_all_dead_letters_and_the_schedulers_sees_how_far_all_groups_are()
      throws Exception {
    Map<String, Object> gateway = login("threadmill-gateway");
    awaitTopicsSeenBy(gateway);
    awaitTopicsSeenBy(login(USER));

    try (var admin = AdminClient.create(adminLogin());
        var scheduler = AdminClient.create(login(USER))) {
      List<String> deadLetters =
          admin.listTopics().names().get(20, TimeUnit.SECONDS).stream()
              .filter(topic -> topic.endsWith(".dlt"))
              .toList();
      assertThat(deadLetters).hasSize(6);
      for (String topic : deadLetters) {
        BrokerUse.write(adminLogin(), topic);
        BrokerUse.readWithoutGroup(gateway, topic);
        // <topic>.<group>.dlt, and a topic's name has two words.
        String group = topic.split("[.]", 3)[2].replaceFirst("[.]dlt$", "");
        scheduler
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  /** As at a service's start; rights that were just given take a moment. */
  private static void awaitTopicsSeenBy(Map<String, Object> login) {
    var connection =
        new KafkaConnection(new KafkaAdmin(login), new KafkaListenerEndpointRegistry(), 1);
    connection.start();
    try {
      await().atMost(Duration.ofSeconds(60)).until(connection::isUp);
    } finally {
      connection.stop();
    }
  }

  private static Map<String, Object> login(String user) {
    Map<String, Object> login =
        new HashMap<>(KafkaSecurity.properties(new Settings(environment(user, PASSWORD))));
    login.put("bootstrap.servers", broker.bootstrapServers());
    return login;
  }

  private static Map<String, Object> adminLogin() {
    Map<String, Object> login = new HashMap<>(security.adminProperties());
    login.put("bootstrap.servers", broker.bootstrapServers());
    return login;
  }

  private static MockEnvironment environment(String user, String password) {
    return new MockEnvironment()
        .withProperty("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
        .withProperty("KAFKA_CA_FILE", security.authority().toString())
        .withProperty("KAFKA_SASL_USERNAME", user)
        .withProperty("KAFKA_SASL_PASSWORD", password);
  }

  @ParameterizedTest
  @CsvSource({
    "threadmill-scheduler, a-wrong-password, KAFKA_SASL_PASSWORD",
    "nobody,               '',               deploy/kafka-acls.sh"
  })
  void what_the_broker_refuses_is_said_with_its_variable_and_without_the_secret(
      String user, String password, String said, CapturedOutput output) {
    String used = password.isEmpty() ? PASSWORD : password;

    watch(KafkaSecurity.properties(new Settings(environment(user, used))), said, output);

    assertThat(output).doesNotContain(used);
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_said(CapturedOutput output) {
    var environment = new MockEnvironment().withProperty("KAFKA_SECURITY_PROTOCOL", "SSL");

    watch(KafkaSecurity.properties(new Settings(environment)), "KAFKA_CA_FILE", output);
  }

  private static void watch(Map<String, String> properties, String said, CapturedOutput output) {
    Map<String, Object> configuration = new HashMap<>(properties);
    configuration.put("bootstrap.servers", broker.bootstrapServers());
    var connection =
        new KafkaConnection(new KafkaAdmin(configuration), new KafkaListenerEndpointRegistry(), 1);
    connection.start();
    try {
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(output).contains(said));
      assertThat(connection.isUp()).isFalse();
    } finally {
      connection.stop();
    }
  }

  private static UserScramCredentialUpsertion user(String name) {
    return new UserScramCredentialUpsertion(
        name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD);
  }

  private static List<String[]> rights() throws Exception {
    String script = Files.readString(Checkout.find().root().resolve("deploy/kafka-acls.sh"));
    return script
        .substring(script.indexOf("<<'RIGHTS'\n") + 11, script.indexOf("\nRIGHTS\n"))
        .lines()
        .map(line -> line.split(" +"))
        .toList();
  }

  private static AclBinding binding(String[] right, AclOperation operation) {
    boolean topic = right[2].equals("topic");
    return new AclBinding(
        new ResourcePattern(
            topic ? ResourceType.TOPIC : ResourceType.GROUP,
            right[3],
            right[2].startsWith("prefixed") ? PatternType.PREFIXED : PatternType.LITERAL),
        new AccessControlEntry("User:" + right[0], "*", operation, AclPermissionType.ALLOW));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Service {
    @Bean
    JobHandler healthScoring() {
      return new JobHandler() {
        @Override
        public JobType jobType() {
          return JobType.HEALTH_SCORING;
        }

        @Override
        public Outcome run(RunContext context) {
          return Outcome.done(1, Map.of());
        }
      };
    }
  }
}
