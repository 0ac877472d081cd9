package dev.threadmill.localstack.openai;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was asked and answered since the start or the last reset. */
public final class EmbeddingLog {
  private static final int TIMES_KEPT = 100_000;
  private final Map<Long, Integer> byText = new HashMap<>();
  private final Map<Integer, Long> byStatus = new TreeMap<>();
  private final List<Instant> times = new ArrayList<>();
  private long requests;
  private long inputs;
  private long answered;
  private long tokens;
  private int running;
  private int maxConcurrency;
  private int largest;

  synchronized void begin(Instant at) {
    requests++;
    running++;
    maxConcurrency = Math.max(maxConcurrency, running);
    if (times.size() < TIMES_KEPT) {
      times.add(at);
    }
  }

  synchronized void received(List<String> texts) {
    inputs += texts.size();
    largest = Math.max(largest, texts.size());
  }

  synchronized void embedded(List<String> texts, long cost) {
    answered += texts.size();
    tokens += cost;
    texts.forEach(text -> byText.merge(Vectors.hash(text), 1, Integer::sum));
  }

  synchronized void end(int status) {
    running--;
    byStatus.merge(status, 1L, Long::sum);
  }

  public synchronized long requests() {
    return requests;
  }

  /** Requests by the status they were answered with; 0 stands for cut connections. */
  public synchronized Map<Integer, Long> requestsByStatus() {
    return new TreeMap<>(byStatus);
  }

  /** When each of the first 100,000 requests came, in order. */
  public synchronized List<Instant> requestTimes() {
    return List.copyOf(times);
  }

  /** Inputs of all well-formed requests, refused ones too. */
  public synchronized long inputsReceived() {
    return inputs;
  }

  /** Inputs that were embedded, and would be billed. */
  public synchronized long inputsEmbedded() {
    return answered;
  }

  /** Tokens that would be billed. */
  public synchronized long tokens() {
    return tokens;
  }

  /** How often this very text was embedded. */
  public synchronized int timesEmbedded(String text) {
    return byText.getOrDefault(Vectors.hash(text), 0);
  }

  public synchronized int distinctTexts() {
    return byText.size();
  }

  /** Inputs that had been embedded before: paid twice. */
  public synchronized long repeatedInputs() {
    return answered - byText.size();
  }

  public synchronized int largestRequest() {
    return largest;
  }

  /** The most requests that were being answered at once. */
  public synchronized int maxConcurrency() {
    return maxConcurrency;
  }

  public synchronized void reset() {
    byText.clear();
    byStatus.clear();
    times.clear();
    requests = 0;
    inputs = 0;
    answered = 0;
    tokens = 0;
    largest = 0;
    maxConcurrency = running;
  }
}
