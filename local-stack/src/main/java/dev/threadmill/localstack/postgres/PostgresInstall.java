package dev.threadmill.localstack.postgres;

import dev.threadmill.localstack.process.Checkout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The programs of a PostgreSQL that has pgvector.
 *
 * @param bin folder of {@code postgres} and {@code initdb}
 * @param libraryPath folder of the shared libraries they need besides the system's, null when there
 *     is none
 */
public record PostgresInstall(Path bin, @Nullable String libraryPath) {

  static final String FOLDER = "postgres-programs";

  /**
   * Finds them, or installs and builds what is missing, which takes up to a minute the first time.
   *
   * @param progress is told, line by line, what is going on
   * @throws IllegalStateException with what to install, when that cannot be done
   */
  public static PostgresInstall provide(Checkout checkout, Consumer<String> progress) {
    Path folder = ServerUser.find().folder(checkout.local(), FOLDER);
    String script = checkout.script("postgres/provide.sh").toString();
    try {
      Process process = new ProcessBuilder("sh", script, folder.toString()).start();
      process.getOutputStream().close();
      var trouble = new StringBuilder();
      var reader =
          CompletableFuture.runAsync(
              () ->
                  lines(process.errorReader(StandardCharsets.UTF_8))
                      .forEach(
                          line -> {
                            trouble.append(line).append('\n');
                            progress.accept(line);
                          }));
      Map<String, String> answer = new HashMap<>();
      for (String line : lines(process.inputReader(StandardCharsets.UTF_8))) {
        int equals = line.indexOf('=');
        answer.put(line.substring(0, equals), line.substring(equals + 1));
      }
      reader.join();
      int status = process.onExit().join().exitValue();
      String bin = answer.get("bin");
      if (status != 0 || bin == null) {
        throw new IllegalStateException("There is no PostgreSQL with pgvector.\n" + trouble);
      }
      return new PostgresInstall(Path.of(bin), answer.get("library_path"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> environment() {
    return libraryPath == null ? Map.of() : Map.of("LD_LIBRARY_PATH", libraryPath);
  }

  String program(String name) {
    return bin.resolve(name).toString();
  }

  private static Iterable<String> lines(BufferedReader reader) {
    return () -> reader.lines().iterator();
  }
}
