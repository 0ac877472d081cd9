package dev.threadmill.localstack.chatwoot.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the requests to the API (not those to the simulator's own controls). */
public final class RequestLog {
  private static final int KEPT = 50_000;
  private final Deque<RecordedRequest> last = new ArrayDeque<>();
  private final Map<String, Long> byRoute = new TreeMap<>();
  private long count;
  private int running;
  private int maxConcurrency;

  synchronized void begin() {
    running++;
    maxConcurrency = Math.max(maxConcurrency, running);
  }

  synchronized void end(RecordedRequest request) {
    running--;
    count++;
    byRoute.merge(request.route(), 1L, Long::sum);
    last.addLast(request);
    if (last.size() > KEPT) {
      last.removeFirst();
    }
  }

  /** Answered and cut requests since the start or the last reset. */
  public synchronized long count() {
    return count;
  }

  /** Those of one route, such as {@code GET /conversations}. */
  public synchronized long count(String route) {
    return byRoute.getOrDefault(route, 0L);
  }

  public synchronized Map<String, Long> byRoute() {
    return new TreeMap<>(byRoute);
  }

  /** The most requests that were being answered at once. */
  public synchronized int maxConcurrency() {
    return maxConcurrency;
  }

  /** The last 50,000, oldest first. */
  public synchronized List<RecordedRequest> list() {
    return new ArrayList<>(last);
  }

  public synchronized void reset() {
    last.clear();
    byRoute.clear();
    count = 0;
    maxConcurrency = running;
  }
}
