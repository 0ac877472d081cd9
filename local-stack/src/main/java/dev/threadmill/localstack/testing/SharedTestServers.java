package dev.threadmill.localstack.testing;

import dev.threadmill.localstack.process.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/** Chooses, once per JVM, which servers the tests run on. */
final class SharedTestServers {

  private static final Logger LOG = LoggerFactory.getLogger(SharedTestServers.class);

  static final TestServers INSTANCE = choose();

  private SharedTestServers() {}

  private static TestServers choose() {
    String wish = System.getenv().getOrDefault("THREADMILL_TEST_SERVERS", "");
    return switch (wish.toLowerCase(Locale.ROOT)) {
      case "local" -> LocalTestServers.start(Checkout.find());
      case "docker" -> ContainerTestServers.start();
      case "" -> containersElseLocal();
      default ->
          throw new IllegalStateException(
              "THREADMILL_TEST_SERVERS is \"%s\"; it must be local, docker or unset"
                  .formatted(wish));
    };
  }

  private static TestServers containersElseLocal() {
    if (mayHaveEngine() && engineAnswers()) {
      try {
        return ContainerTestServers.start();
      } catch (RuntimeException e) {
        LOG.warn(
            "Docker answers, but its containers do not start ({}); using local servers",
            e.getMessage());
      }
    }
    return LocalTestServers.start(Checkout.find());
  }

  /**
   * Spares machines without Docker the search for an engine, which takes seconds and logs pages.
   */
  private static boolean mayHaveEngine() {
    Path home = Path.of(System.getProperty("user.home"));
    return System.getenv("DOCKER_HOST") != null
        || Files.exists(Path.of("/var/run/docker.sock"))
        || Files.exists(home.resolve(".docker/run/docker.sock"))
        || Files.exists(home.resolve(".testcontainers.properties"));
  }

  private static boolean engineAnswers() {
    try {
      return DockerClientFactory.instance().isDockerAvailable();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
