package dev.threadmill.e2e;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The jars that are shipped, unpacked by the tool that they bring along, once for all tests: they
 * start with two thirds of the work, and tests start many. {@link PipelineIT} starts them as they
 * are.
 */
final class UnpackedJars {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

  private UnpackedJars() {}

  /** The jar to start the service with. */
  static Path of(String service) {
    return UNPACKED.computeIfAbsent(service, UnpackedJars::unpack);
  }

  /** Of all four services. */
  static Map<String, Path> all() {
    return List.of("ingest-service", "embed-worker", "scheduler-service", "api-gateway")
        .parallelStream()
        .collect(Collectors.toMap(Function.identity(), UnpackedJars::of));
  }

  private static Path unpack(String service) {
    String jar = service + ".jar";
    Path folder = ROOT.resolve("e2e-tests/target/unpacked").resolve(service);
    List<String> command = new ArrayList<>(Checkout.java("-Djarmode=tools"));
    command.addAll(
        List.of(
            "-jar",
            ROOT.resolve(service).resolve("target").resolve(jar).toString(),
            "extract",
            "--force",
            "--destination",
            folder.toString()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(jar + " can't be unpacked: " + output);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
    return folder.resolve(jar);
  }
}
