package dev.threadmill.bench.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work on batches of a hundred texts, one after the other or several at once. */
final class Batches {
  static final int SIZE = 100;

  private Batches() {}

  interface Work {
    void on(List<String> batch) throws Exception;
  }

  static void each(List<String> texts, int threads, Work work) throws Exception {
    List<Callable<Void>> all = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += SIZE) {
      List<String> batch = texts.subList(from, Math.min(texts.size(), from + SIZE));
      all.add(
          () -> {
            work.on(batch);
            return null;
          });
    }
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> done : pool.invokeAll(all)) {
        done.get();
      }
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }
}
