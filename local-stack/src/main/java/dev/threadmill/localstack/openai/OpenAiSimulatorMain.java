package dev.threadmill.localstack.openai;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The simulator as a process of its own: {@code SIMULATOR_PORT} (13001, 0 = any free one), {@code
 * SIMULATOR_BIND}, {@code SIMULATOR_LATENCY_MS}, {@code SIMULATOR_REQUESTS_PER_MINUTE}, {@code
 * SIMULATOR_TOKENS_PER_MINUTE} (0 = none), {@code OPENAI_API_KEY}.
 */
public final class OpenAiSimulatorMain {
  private OpenAiSimulatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> env = System.getenv();
    InetSocketAddress address =
        new InetSocketAddress(
            env.getOrDefault("SIMULATOR_BIND", "127.0.0.1"), number(env, "SIMULATOR_PORT", 13001));
    OpenAiSimulator simulator = OpenAiSimulator.start(address, Clock.systemUTC());
    simulator.settings().latency(Duration.ofMillis(number(env, "SIMULATOR_LATENCY_MS", 0)));
    simulator.settings().addKey(env.getOrDefault("OPENAI_API_KEY", OpenAiSettings.KEY));
    simulator
        .limits()
        .perMinute(
            number(env, "SIMULATOR_REQUESTS_PER_MINUTE", 0),
            number(env, "SIMULATOR_TOKENS_PER_MINUTE", 0));
    System.out.println("OpenAI simulator: " + simulator.baseUrl());
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
    new CountDownLatch(1).await();
  }

  private static int number(Map<String, String> env, String name, int fallback) {
    String value = env.getOrDefault(name, "").strip();
    try {
      return value.isEmpty() ? fallback : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number, not '" + value + "'", e);
    }
  }
}
