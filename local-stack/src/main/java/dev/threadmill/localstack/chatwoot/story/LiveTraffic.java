package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Goes on with the story at a chosen rate, so that a demo moves. */
public final class LiveTraffic implements AutoCloseable {
  private static final int RUNNING = 12;

  private final ChatwootAccount account;
  private final Random random;
  private final Casting casting;
  private final List<Play> running = new ArrayList<>();
  private final Deque<Long> recent = new ArrayDeque<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  public LiveTraffic(ChatwootAccount account, long seed) {
    this.account = account;
    this.random = new Random(seed);
    this.casting = new Casting(random, account.desk().agents());
  }

  /** From now on so many things happen per minute; 0 is none. To be called once. */
  public void start(int perMinute) {
    if (perMinute > 0) {
      long millis = Math.max(1, 60_000L / perMinute);
      var unused = timer.scheduleAtFixedRate(this::tryStep, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** A row can disappear under its hands; a timer that has thrown once would never run again. */
  private void tryStep() {
    try {
      step();
    } catch (RuntimeException gone) {
      System.err.println("Live traffic skipped a step: " + gone.getMessage());
    }
  }

  /** Lets one thing happen: mostly a message, now and then an edit, a deletion, a read receipt. */
  public synchronized void step() {
    int what = random.nextInt(100);
    Long message = recent.peekFirst();
    if (what < 8 && message != null && account.messages().find(message).isPresent()) {
      change(message, what);
    } else {
      talk();
    }
  }

  private void change(long id, int what) {
    Message message = account.messages().find(id).orElseThrow();
    if (what == 0) {
      account.messages().delete(id);
    } else if (what < 4) {
      account.messages().setStatus(id, "read");
    } else if (!message.deleted() && message.contentType().equals("text")) {
      account.messages().edit(id, message.content() + " (Sorry for the typo!)");
    }
  }

  private void talk() {
    boolean anew = running.isEmpty() || (running.size() < RUNNING && random.nextInt(100) < 30);
    Play play = anew ? casting.any() : running.get(random.nextInt(running.size()));
    if (anew) {
      running.add(play);
    }
    if (play.conversation() != 0 && account.conversations().find(play.conversation()).isEmpty()) {
      running.remove(play);
      return;
    }
    play.sayNext(account, account.clock().instant());
    account.messages().of(play.conversation()).reversed().stream()
        .filter(m -> m.type() == MessageType.INCOMING)
        .findFirst()
        .ifPresent(m -> remember(m.id()));
    if (play.over()) {
      running.remove(play);
      play.conclude(account, play.scenario.endsResolved());
    }
  }

  private void remember(long id) {
    recent.addFirst(id);
    if (recent.size() > 50) {
      recent.removeLast();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
