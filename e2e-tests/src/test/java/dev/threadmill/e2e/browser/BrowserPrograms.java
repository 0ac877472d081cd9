package dev.threadmill.e2e.browser;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.opentest4j.TestAbortedException;

/** A browser and its driver on this machine; nothing is ever downloaded for them by the tests. */
record BrowserPrograms(Path browser, Path driver) {
  /**
   * Finds them, or installs them where that can be done. Where it can't, what is to be installed is
   * said, and the tests are skipped, or fail where they were asked for by name ({@code make
   * browser}).
   */
  static BrowserPrograms provide() {
    String script = Checkout.find().root().resolve("e2e-tests/browser/provide.sh").toString();
    try {
      Process process =
          new ProcessBuilder("sh", script).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.onExit().join().exitValue() != 0) {
        String missing = "There is no browser; see what was said above.";
        throw Boolean.getBoolean("threadmill.browser.required")
            ? new IllegalStateException(missing)
            : new TestAbortedException(missing);
      }
      Map<String, String> found = new HashMap<>();
      answer.lines().map(line -> line.split("=", 2)).forEach(pair -> found.put(pair[0], pair[1]));
      return new BrowserPrograms(
          Path.of(Objects.requireNonNull(found.get("browser"))),
          Path.of(Objects.requireNonNull(found.get("driver"))));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
