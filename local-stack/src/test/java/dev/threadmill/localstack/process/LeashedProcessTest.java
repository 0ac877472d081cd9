package dev.threadmill.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeashedProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final Checkout checkout = Checkout.find();

  @TempDir private Path folder;

  @Test
  void a_child_ends_with_a_parent_that_was_killed() throws IOException {
    List<String> command =
        List.of(
            Checkout.java().getFirst(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Dthreadmill.root=" + checkout.root(),
            LeashParent.class.getName(),
            log().toString());
    Process parent = new ProcessBuilder(command).start();
    String pid = parent.inputReader(StandardCharsets.UTF_8).readLine();
    ProcessHandle child = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    assertThat(child.isAlive()).isTrue();

    parent.destroyForcibly();

    await().atMost(LIMIT).until(() -> !child.isAlive());
  }

  @Test
  void a_child_is_stopped_by_its_own_signal() {
    var child =
        start("trap 'echo asked; exit 3' USR1; echo begun; while :; do sleep 0.1; done", "USR1");
    awaitLog("begun");

    child.close();

    assertThat(child.exited()).isCompletedWithValue(3);
    assertThat(log()).content().contains("asked");
  }

  @Test
  void a_child_that_does_not_stop_is_killed() {
    var child = start("trap '' TERM; echo begun; while :; do sleep 0.1; done", "TERM");
    awaitLog("begun");

    child.close();

    assertThat(child.exited()).isCompletedWithValue(137);
    assertThat(ProcessHandle.of(child.pid())).isEmpty();
  }

  @Test
  void the_end_of_a_child_is_noticed_with_its_status() {
    var child = start("exit 7", "TERM");

    assertThat(child.exited().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(7);
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void waiting_for_a_child_that_ended_shows_the_end_of_its_log() {
    var child = start("echo the disk is full; exit 1", "TERM");

    assertThatThrownBy(() -> Waiting.until(child, LIMIT, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended with status 1")
        .hasMessageContaining("the disk is full");
  }

  private LeashedProcess start(String script, String signal) {
    return LeashedProcess.start(
        checkout,
        new ProcessSpec(
            "child", List.of("sh", "-c", script), Map.of(), log(), signal, Duration.ofSeconds(1)));
  }

  private Path log() {
    return folder.resolve("child.log");
  }

  private void awaitLog(String text) {
    await().atMost(LIMIT).until(() -> Files.readString(log()).contains(text));
  }
}
