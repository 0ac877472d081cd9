package dev.threadmill.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {

  @TempDir private Path folder;

  @Test
  void a_shell_reads_what_was_written() throws IOException {
    Path file = folder.resolve("stack.env");
    String awkward = "it's $HOME; `x` \"y\"";
    EnvFile.write(file, Map.of("TOKEN", awkward));

    Process shell =
        new ProcessBuilder("sh", "-c", ". \"$0\"; printf %s \"$TOKEN\"", file.toString()).start();

    assertThat(shell.getInputStream().readAllBytes())
        .isEqualTo(awkward.getBytes(StandardCharsets.UTF_8));
    assertThat(EnvFile.read(file)).containsExactly(Map.entry("TOKEN", awkward));
  }

  @Test
  void ordinary_values_stand_without_quotes() throws IOException {
    Path file = folder.resolve("stack.env");

    EnvFile.write(file, Map.of("DATABASE_URL", "postgresql://u:p-_1@127.0.0.1:15432/threadmill"));

    assertThat(file).hasContent("DATABASE_URL=postgresql://u:p-_1@127.0.0.1:15432/threadmill");
  }

  @Test
  void only_the_owner_may_read_it() throws IOException {
    Path file = folder.resolve("stack.env");
    EnvFile.write(file, Map.of("A", "1"));
    EnvFile.write(file, Map.of("A", "2"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
