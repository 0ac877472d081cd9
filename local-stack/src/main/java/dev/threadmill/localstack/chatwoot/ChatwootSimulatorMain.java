package dev.threadmill.localstack.chatwoot;

import dev.threadmill.localstack.chatwoot.account.AccountFile;
import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.story.Story;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The simulator as a process of its own, filled with the story: {@code SIMULATOR_PORT} (13000, 0 =
 * any free one), {@code SIMULATOR_BIND} (127.0.0.1), {@code SIMULATOR_SEED} (42), {@code
 * SIMULATOR_LIVE_PER_MINUTE} (6, 0 = none), {@code CHATWOOT_API_TOKEN}, {@code SIMULATOR_DATA} (a
 * file that keeps the account over restarts; without it every start tells the story anew).
 */
public final class ChatwootSimulatorMain {
  private ChatwootSimulatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> env = System.getenv();
    InetSocketAddress address =
        new InetSocketAddress(
            env.getOrDefault("SIMULATOR_BIND", "127.0.0.1"), number(env, "SIMULATOR_PORT", 13000));
    int seed = number(env, "SIMULATOR_SEED", 42);
    String data = env.getOrDefault("SIMULATOR_DATA", "");
    ChatwootSimulator simulator =
        ChatwootSimulator.startWith(
            address, Clock.systemUTC(), seed, account -> fill(account, data, seed));
    simulator
        .tokens()
        .addAdministrator(env.getOrDefault("CHATWOOT_API_TOKEN", ChatwootSimulator.ADMIN_TOKEN));
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
    simulator.startLiveTraffic(number(env, "SIMULATOR_LIVE_PER_MINUTE", 6));
    System.out.println("Chatwoot simulator: " + simulator.baseUrl());
    if (data.isEmpty()) {
      new CountDownLatch(1).await();
    }
    keep(new AccountFile(simulator.account(), Path.of(data)));
  }

  private static void fill(ChatwootAccount account, String data, int seed) {
    if (data.isEmpty() || !new AccountFile(account, Path.of(data)).load()) {
      Story.tell(account, seed);
    }
  }

  /** Often enough that a kill loses next to nothing of the live traffic. */
  private static void keep(AccountFile file) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(file::save));
    while (true) {
      file.save();
      TimeUnit.SECONDS.sleep(5);
    }
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
