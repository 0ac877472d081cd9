package dev.threadmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What processes used.
 *
 * @param cpuSeconds of all of them together
 * @param peakMegabytes resident memory of the largest at its highest since it started; 0 where the
 *     system has no {@code /proc}
 */
public record Usage(double cpuSeconds, long peakMegabytes) {
  public static final Usage UNKNOWN = new Usage(0, 0);

  public static Usage of(List<Long> pids) {
    double cpu = 0;
    long peak = 0;
    for (long pid : pids) {
      cpu +=
          ProcessHandle.of(pid)
                  .flatMap(process -> process.info().totalCpuDuration())
                  .orElse(Duration.ZERO)
                  .toMillis()
              / 1000.0;
      peak = Math.max(peak, peakMegabytes(pid));
    }
    return new Usage(cpu, peak);
  }

  /** What was used since then. */
  public Usage since(Usage before) {
    return new Usage(cpuSeconds - before.cpuSeconds, peakMegabytes);
  }

  private static long peakMegabytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException elsewhere) {
      return 0;
    }
  }
}
