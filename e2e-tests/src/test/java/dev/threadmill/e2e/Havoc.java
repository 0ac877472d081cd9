package dev.threadmill.e2e;

import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.localstack.openai.Trouble;
import dev.threadmill.localstack.openai.Trouble.Kind;
import dev.threadmill.localstack.openai.Troubles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Kills, freezes and restarts the processes of a stack, and lets Chatwoot and the provider fail, in
 * an order drawn from a seed. One thing after the other, but a service that was killed comes back
 * while the next things happen.
 */
final class Havoc {
  private enum Deed {
    KILL_INGEST,
    KILL_WORKER,
    KILL_SCHEDULER,
    KILL_GATEWAY,
    KILL_KAFKA,
    KILL_POSTGRES,
    FREEZE_SERVICE,
    FREEZE_WORKER,
    FREEZE_KAFKA,
    FREEZE_POSTGRES,
    RESTART_SERVICE,
    RESTART_WORKER,
    PROVIDER_FAILS,
    CHATWOOT_FAILS
  }

  private final FaultStack faults;
  private final Random random;
  private final List<String> workers = new ArrayList<>();
  private final List<String> others = List.of("ingest-service", "scheduler-service", "api-gateway");
  private final Map<String, CompletableFuture<Void>> comingBack = new HashMap<>();
  private final List<Deed> deck = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final List<Long> dead = new ArrayList<>();
  private final List<Troubles.Ordered> troubles = new ArrayList<>();
  private final long began = System.nanoTime();
  private long inFlight;

  Havoc(FaultStack faults, long seed, int embedWorkers) {
    this.faults = faults;
    this.random = new Random(seed + 3);
    for (int worker = 1; worker <= embedWorkers; worker++) {
      workers.add("embed-worker-" + worker);
    }
  }

  /** The next thing; each kind comes once before one comes twice. */
  void once() {
    if (deck.isEmpty()) {
      deck.addAll(List.of(Deed.values()));
      Collections.shuffle(deck, random);
    }
    switch (deck.removeLast()) {
      case KILL_INGEST -> kill("ingest-service");
      case KILL_SCHEDULER -> kill("scheduler-service");
      case KILL_GATEWAY -> kill("api-gateway");
      case KILL_WORKER -> kill(anyWorker());
      case KILL_KAFKA -> kill("kafka");
      case KILL_POSTGRES -> killPostgres();
      case FREEZE_SERVICE -> freeze(any(others));
      case FREEZE_WORKER -> freeze(anyWorker());
      case FREEZE_KAFKA -> freeze("kafka");
      case FREEZE_POSTGRES -> freeze("postgres");
      case RESTART_SERVICE -> restart(any(others));
      case RESTART_WORKER -> restart(anyWorker());
      case PROVIDER_FAILS -> providerFails();
      case CHATWOOT_FAILS -> chatwootFails();
    }
    goOnFor(300 + random.nextInt(700));
  }

  /** What was done, for whoever has to find out. */
  String story() {
    return String.join("; ", done);
  }

  /** Texts whose requests were under way when somebody was killed: they may be paid twice. */
  long inFlight() {
    return inFlight
        + troubles.stream()
            .filter(one -> one.trouble().kind() == Kind.CUT_AFTER_PROCESSING)
            .mapToLong(one -> (long) one.hits() * FaultStack.BATCH)
            .sum();
  }

  /** The processes of embed workers that were killed: what they held comes back by its lease. */
  List<Long> dead() {
    return dead;
  }

  /** All is well from now on. */
  void end() {
    faults.provider.troubles().clear();
    faults.chatwoot.faults().clear();
    List.copyOf(comingBack.keySet()).forEach(this::isBack);
    say("quiet");
  }

  private void kill(String service) {
    isBack(service);
    if (workers.contains(service)) {
      // It stands still while its rows are counted.
      faults.freeze(service);
      inFlight += faults.heldBy(service);
      dead.add(faults.pid(service));
    }
    faults.stack.kill(service);
    say("killed " + service);
    comeBack(service);
  }

  private void restart(String service) {
    isBack(service);
    int status = faults.terminate(service);
    say("stopped " + service + " (" + status + ")");
    comeBack(service);
  }

  private void killPostgres() {
    List<String> frozen = workersStandStill("postgres");
    faults.stack.kill("postgres");
    frozen.forEach(faults::wake);
    say("killed postgres");
    goOnFor(random.nextInt(2000));
    startAgain("postgres");
    say("postgres is back");
  }

  private void startAgain(String process) {
    // What a killed server leaves behind may keep its successor from starting for a moment.
    await()
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptions()
        .until(
            () -> {
              faults.stack.start(process);
              return true;
            });
  }

  private void freeze(String process) {
    isBack(process);
    List<String> frozen = workersStandStill(process);
    faults.freeze(process);
    frozen.forEach(faults::wake);
    say("froze " + process);
    goOnFor(500 + random.nextInt(3500));
    faults.wake(process);
    say("woke " + process);
  }

  /** An answer that comes while the database is away may be lost: counts what is under way. */
  private List<String> workersStandStill(String server) {
    List<String> alive =
        server.equals("postgres")
            ? workers.stream().filter(worker -> !comingBack.containsKey(worker)).toList()
            : List.of();
    alive.forEach(faults::freeze);
    alive.forEach(worker -> inFlight += faults.heldBy(worker));
    return alive;
  }

  private void providerFails() {
    Kind kind =
        List.of(Kind.STATUS, Kind.CUT, Kind.CUT_AFTER_PROCESSING, Kind.RATE_LIMITED, Kind.HANG)
            .get(random.nextInt(5));
    troubles.add(faults.provider.troubles().add(Trouble.of(kind).times(1 + random.nextInt(4))));
    say("the provider fails: " + kind);
    goOnFor(500 + random.nextInt(2000));
    if (kind == Kind.HANG) {
      troubles.getLast().close();
    }
  }

  private void chatwootFails() {
    Fault fault =
        switch (random.nextInt(6)) {
          case 0 -> Fault.status(502);
          case 1 -> Fault.throttled(Duration.ZERO);
          case 2 -> Fault.cut();
          case 3 -> Fault.truncatedBody();
          case 4 -> Fault.wrongContentType();
          default -> Fault.slow(Duration.ofSeconds(3));
        };
    faults.chatwoot.faults().add(fault.times(5 + random.nextInt(30)));
    say("Chatwoot fails: " + fault.kind());
    goOnFor(500 + random.nextInt(2000));
  }

  private void comeBack(String service) {
    comingBack.put(
        service, CompletableFuture.runAsync(() -> startAgain(service), Thread::startVirtualThread));
  }

  private void isBack(String process) {
    CompletableFuture<Void> coming = comingBack.remove(process);
    if (coming != null) {
      coming.join();
      say(process + " is back");
    }
  }

  private String anyWorker() {
    return any(workers);
  }

  private String any(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private void say(String what) {
    done.add("%.1f s %s".formatted((System.nanoTime() - began) / 1e9, what));
  }

  /** The story has its times; nothing is waited for. */
  private static void goOnFor(long millis) {
    await().pollDelay(Duration.ofMillis(millis)).atMost(Duration.ofMinutes(1)).until(() -> true);
  }
}
