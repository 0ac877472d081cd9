package dev.threadmill.localstack.testing;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The jars that are shipped, unpacked by the tool that they bring along, once for all tests: they
 * start with two thirds of the work, and tests start many. A module's own jar is there when its
 * integration tests run.
 */
public final class UnpackedJars {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

  private UnpackedJars() {}

  /** The jar as it is shipped, for who starts it only once. */
  public static Path shipped(String service) {
    return ROOT.resolve(service).resolve("target").resolve(service + ".jar");
  }

  /** The jar to start the service with. */
  public static Path of(String service) {
    return UNPACKED.computeIfAbsent(service, UnpackedJars::unpack);
  }

  /** Of all four services. */
  public static Map<String, Path> all() {
    return List.of("ingest-service", "embed-worker", "scheduler-service", "api-gateway")
        .parallelStream()
        .collect(Collectors.toMap(Function.identity(), UnpackedJars::of));
  }

  /** The command that starts the service with so much memory. */
  public static List<String> command(String service, String heap) {
    Path jar = of(service);
    List<String> command =
        new ArrayList<>(Checkout.java(heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:SharedArchiveFile=" + archive(jar), "-jar", jar.toString()));
    return command;
  }

  private static Path archive(Path jar) {
    // Where the local stack looks for it, too.
    return jar.resolveSibling(jar.getFileName() + ".jsa");
  }

  private static Path unpack(String service) {
    Path built = shipped(service);
    Path folder = ROOT.resolve(service).resolve("target/unpacked");
    Path unpacked = folder.resolve(built.getFileName());
    // Another JVM may run tests beside this one.
    try (var lock = FileChannel.open(lockFile(folder), CREATE, WRITE)) {
      lock.lock();
      if (!isNewer(archive(unpacked), built)) {
        unpack(built, folder);
        archiveClasses(service, unpacked);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return unpacked;
  }

  private static Path lockFile(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    return folder.resolveSibling(folder.getFileName() + ".lock");
  }

  private static boolean isNewer(Path archive, Path jar) throws IOException {
    return Files.exists(archive)
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
  }

  private static void unpack(Path jar, Path folder) {
    List<String> command = new ArrayList<>(Checkout.java("-Djarmode=tools"));
    command.addAll(
        List.of("-jar", jar.toString(), "extract", "--force", "--destination", folder.toString()));
    run(new ProcessBuilder(command).redirectErrorStream(true), jar + " can't be unpacked");
  }

  /**
   * Starts it once, up to the point where it would begin to work, and keeps the classes that were
   * loaded as the JVM has them: from then on a start takes little more than half of the time.
   */
  private static void archiveClasses(String service, Path jar) {
    Database database = TestServers.shared().createDatabase();
    List<String> command =
        new ArrayList<>(
            Checkout.java(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ArchiveClassesAtExit=" + archive(jar),
                "-Dspring.context.exit=onRefresh"));
    command.addAll(List.of("-jar", jar.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPRING_DATASOURCE_URL",
                database.jdbcUrl(),
                "SPRING_DATASOURCE_USERNAME",
                database.username(),
                "SPRING_DATASOURCE_PASSWORD",
                database.password(),
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                TestServers.shared().bootstrapServers(),
                "API_TOKEN",
                "0123456789012345678901234567890123456789",
                "OPENAI_API_KEY",
                "of-nobody",
                "SERVER_PORT",
                "0",
                "MANAGEMENT_SERVER_PORT",
                "0"));
    run(builder, service + " does not start");
  }

  private static void run(ProcessBuilder builder, String otherwise) {
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(otherwise + ": " + output);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
