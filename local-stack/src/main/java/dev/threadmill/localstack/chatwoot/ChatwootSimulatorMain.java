package dev.threadmill.localstack.chatwoot;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The simulator as a process of its own, filled with the story: {@code SIMULATOR_PORT} (13000, 0 =
 * any free one), {@code SIMULATOR_BIND} (127.0.0.1), {@code SIMULATOR_SEED} (42), {@code
 * SIMULATOR_LIVE_PER_MINUTE} (6, 0 = none), {@code CHATWOOT_API_TOKEN}.
 */
public final class ChatwootSimulatorMain {
  private ChatwootSimulatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> env = System.getenv();
    InetSocketAddress address =
        new InetSocketAddress(
            env.getOrDefault("SIMULATOR_BIND", "127.0.0.1"), number(env, "SIMULATOR_PORT", 13000));
    ChatwootSimulator simulator =
        ChatwootSimulator.startWithStory(
            address, Clock.systemUTC(), number(env, "SIMULATOR_SEED", 42));
    simulator
        .tokens()
        .addAdministrator(env.getOrDefault("CHATWOOT_API_TOKEN", ChatwootSimulator.ADMIN_TOKEN));
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
    simulator.startLiveTraffic(number(env, "SIMULATOR_LIVE_PER_MINUTE", 6));
    System.out.println("Chatwoot simulator: " + simulator.baseUrl());
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
