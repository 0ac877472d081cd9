package dev.threadmill.core.kafka;

import dev.threadmill.core.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Watches whether the broker answers. At the first answer it creates the topics and starts the
 * listeners; when the broker goes away or comes back it says so once. Never blocks the service's
 * start.
 */
public final class KafkaConnection implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);
  private static final Duration WHILE_DOWN = Duration.ofSeconds(1);
  private static final Duration WHILE_UP = Duration.ofSeconds(10);
  private static final int ANSWER_SECONDS = 5;
  // Somebody has to find the time to look at them.
  private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);
  private static final short BROKER_DEFAULT_REPLICATION = -1;
  private static final String AWAY =
      "Kafka does not answer at SPRING_KAFKA_BOOTSTRAP_SERVERS; waiting for it";

  private final KafkaAdmin admin;
  private final KafkaListenerEndpointRegistry listeners;
  private final int partitions;
  private volatile @Nullable Thread watch;
  private volatile boolean up;
  private boolean listening;
  private @Nullable String said;
  private boolean saidTopics;

  KafkaConnection(KafkaAdmin admin, KafkaListenerEndpointRegistry listeners, int partitions) {
    this.admin = admin;
    this.listeners = listeners;
    this.partitions = partitions;
  }

  /** Whether the broker answered when last asked and this service's listeners were started. */
  public boolean isUp() {
    return up;
  }

  @Override
  public void start() {
    // Known before it runs: it ends when it does not find itself here.
    Thread watching = Thread.ofVirtual().name("kafka-watch").unstarted(this::watch);
    watch = watching;
    watching.start();
  }

  @Override
  public void stop() {
    Thread running = watch;
    watch = null;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return watch != null;
  }

  private void watch() {
    @Nullable AdminClient client = null;
    try {
      while (isRunning()) {
        try {
          client = client == null ? connected() : client;
          say(client == null ? AWAY : trouble(client));
        } catch (RuntimeException | Error fault) {
          // Nobody else would start the listeners, so the watch goes on, with another client.
          say("looking after Kafka fails (" + fault.getClass().getName() + "); tried again");
          log.debug("looking after Kafka failed", fault);
          client = closed(client);
        }
        Thread.sleep(up ? WHILE_UP : WHILE_DOWN);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      var unused = closed(client);
    }
  }

  private static @Nullable AdminClient closed(@Nullable AdminClient client) {
    if (client != null) {
      client.close(Duration.ofSeconds(ANSWER_SECONDS));
    }
    return null;
  }

  /** Null while no broker's name can be resolved: a stopped container has no name. */
  private @Nullable AdminClient connected() {
    try {
      return AdminClient.create(admin.getConfigurationProperties());
    } catch (KafkaException unresolved) {
      return null;
    }
  }

  /** Each trouble once; null says that there is none. */
  private void say(@Nullable String trouble) {
    if (trouble == null && !up) {
      log.info("Kafka answers");
    } else if (trouble != null && !trouble.equals(said)) {
      log.warn("{}", trouble);
    }
    said = trouble;
    up = trouble == null;
  }

  private @Nullable String trouble(AdminClient client) throws InterruptedException {
    try {
      if (client.describeCluster().nodes().get(ANSWER_SECONDS, TimeUnit.SECONDS).isEmpty()) {
        return AWAY;
      }
    } catch (ExecutionException | TimeoutException failed) {
      return Objects.requireNonNullElse(BrokerRefusal.of(failed.getCause()), AWAY);
    }
    if (!listening) {
      return listen(client);
    }
    // Where the registry was stopped, they are meant to have ended.
    if (listeners.isRunning()) {
      listeners.getListenerContainers().forEach(KafkaConnection::startAgain);
    }
    return null;
  }

  private @Nullable String listen(AdminClient client) throws InterruptedException {
    @Nullable String trouble = createTopics(client);
    if (trouble == null) {
      listeners.getListenerContainers().forEach(MessageListenerContainer::start);
      listening = true;
    }
    return trouble;
  }

  /** One that ended by an error, such as too little memory, would stay so for ever. */
  private static void startAgain(MessageListenerContainer ended) {
    if (!ended.isRunning()) {
      log.warn("the listener {} had ended; it is started again", ended.getListenerId());
      ended.start();
    }
  }

  private @Nullable String createTopics(AdminClient client) throws InterruptedException {
    List<NewTopic> wanted = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      wanted.add(topic(topic.topicName()));
    }
    for (MessageListenerContainer container : listeners.getListenerContainers()) {
      String[] topics = container.getContainerProperties().getTopics();
      for (String topic : topics == null ? new String[0] : topics) {
        wanted.add(
            topic(Topic.deadLetters(topic, String.valueOf(container.getGroupId())))
                .configs(Map.of("retention.ms", Long.toString(DEAD_LETTERS_KEPT.toMillis()))));
      }
    }
    try {
      Set<String> existing = client.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      wanted.removeIf(topic -> existing.contains(topic.name()));
      for (var created : client.createTopics(wanted).values().values()) {
        try {
          created.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
          // Another service may have been quicker.
          if (!(failed.getCause() instanceof TopicExistsException)) {
            throw failed;
          }
        }
      }
      return null;
    } catch (ExecutionException | TimeoutException failed) {
      @Nullable String refusal = BrokerRefusal.of(failed.getCause());
      if (refusal != null) {
        return refusal;
      }
      if (!saidTopics) {
        log.warn("creating the topics failed and is tried each second: {}", failed.toString());
        saidTopics = true;
      }
      return AWAY;
    }
  }

  private NewTopic topic(String name) {
    return new NewTopic(name, partitions, BROKER_DEFAULT_REPLICATION);
  }
}
