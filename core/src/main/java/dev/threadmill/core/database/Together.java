package dev.threadmill.core.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Answers what several threads ask at the same time with one statement. Nobody waits for company:
 * the first question goes at once and alone, those that come while it is answered go together next.
 * A statement is planned, sent and committed at a price that hardly depends on its number of rows.
 *
 * @param <Q> a question
 * @param <A> its answer
 */
public final class Together<Q, A> {
  private final String name;
  private final Function<List<Q>, List<A>> answers;
  private final List<Asked<Q, A>> waiting = new ArrayList<>();
  private boolean busy;

  /**
   * @param name of the threads that answer
   * @param answers one for each question, in their order; all of them or an exception
   */
  public Together(String name, Function<List<Q>, List<A>> answers) {
    this.name = name;
    this.answers = answers;
  }

  private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

  /** Waits for the answer. What answering it failed of is thrown as it came. */
  public A ask(Q question) {
    var asked = new Asked<>(question, new CompletableFuture<A>());
    boolean first;
    synchronized (waiting) {
      waiting.add(asked);
      first = !busy;
      busy = true;
    }
    if (first) {
      // Not on the thread of who was first, which would answer others as long as they come.
      Thread.ofVirtual().name(name).start(this::answerAll);
    }
    try {
      return asked.answer().join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
  }

  private void answerAll() {
    for (var next = next(); !next.isEmpty(); next = next()) {
      answer(next);
    }
  }

  private List<Asked<Q, A>> next() {
    synchronized (waiting) {
      List<Asked<Q, A>> next = List.copyOf(waiting);
      waiting.clear();
      busy = !next.isEmpty();
      return next;
    }
  }

  private void answer(List<Asked<Q, A>> asked) {
    try {
      List<A> given = answers.apply(asked.stream().map(Asked::question).toList());
      for (int i = 0; i < asked.size(); i++) {
        asked.get(i).answer().complete(given.get(i));
      }
    } catch (Throwable failed) {
      if (asked.size() > 1 && !DatabaseFailures.isAway(failed)) {
        // One that can't be answered must not cost the others theirs.
        asked.forEach(one -> answer(List.of(one)));
      } else {
        asked.forEach(one -> one.answer().completeExceptionally(failed));
      }
    }
  }
}
