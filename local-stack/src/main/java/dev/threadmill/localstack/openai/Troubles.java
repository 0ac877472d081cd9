package dev.threadmill.localstack.openai;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The troubles ordered at present. */
public final class Troubles {
  private final List<Ordered> ordered = new CopyOnWriteArrayList<>();

  /** One ordered trouble; closing it ends it and lets go what it holds. */
  public static final class Ordered implements AutoCloseable {
    private final Trouble trouble;
    private final AtomicInteger seen = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Ordered(Trouble trouble) {
      this.trouble = trouble;
    }

    public Trouble trouble() {
      return trouble;
    }

    /** How many requests it has harmed. */
    public int hits() {
      return Math.max(0, Math.min(seen.get() - trouble.skip(), trouble.times()));
    }

    CountDownLatch ended() {
      return ended;
    }

    private boolean takes(List<String> inputs) {
      if (ended.getCount() == 0
          || (!trouble.containing().isEmpty()
              && inputs.stream().noneMatch(text -> text.contains(trouble.containing())))) {
        return false;
      }
      int number = seen.getAndUpdate(n -> n == Integer.MAX_VALUE ? n : n + 1);
      return number >= trouble.skip() && number - trouble.skip() < trouble.times();
    }

    @Override
    public void close() {
      ended.countDown();
    }
  }

  /** Orders trouble; it ends when it is used up, closed, or all is cleared. */
  public Ordered add(Trouble trouble) {
    Ordered entry = new Ordered(trouble);
    ordered.add(entry);
    return entry;
  }

  /** Ends all trouble and lets go what it holds. */
  public void clear() {
    ordered.forEach(Ordered::close);
    ordered.clear();
  }

  @Nullable Ordered forRequest(List<String> inputs) {
    for (Ordered entry : ordered) {
      if (entry.takes(inputs)) {
        return entry;
      }
    }
    return null;
  }
}
