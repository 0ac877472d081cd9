package dev.threadmill.localstack.testing;

/**
 * PostgreSQL with pgvector, and Kafka, for integration tests: containers where a Docker engine
 * answers and has the images, else servers of our own. Each starts when it is first asked for and
 * ends with this JVM. The environment variable {@code THREADMILL_TEST_SERVERS} ({@code local} or
 * {@code docker}) takes the choice away.
 *
 * <p>Stopping and starting is for tests of faults: port and data stay the same.
 */
public sealed interface TestServers permits LocalTestServers, ContainerTestServers {

  /** The servers of this JVM, the same ones at every call. */
  static TestServers shared() {
    return SharedTestServers.INSTANCE;
  }

  /** Address of the broker; topics are not created by themselves. */
  String bootstrapServers();

  /** A new, empty database with a name of its own. */
  Database createDatabase();

  /** Stops the broker in good order. */
  void stopKafka();

  /** Starts the stopped broker and waits until it answers. */
  void startKafka();

  /** Stops the server; connections are cut off. */
  void stopPostgres();

  /** Starts the stopped server and waits until it answers. */
  void startPostgres();
}
