package dev.threadmill.localstack.openai;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** How the server behaves from now on; may change while it runs. */
public final class OpenAiSettings {
  /** A key that is accepted from the start. */
  public static final String KEY = "sk-simulator";

  private final Map<String, Integer> models =
      new ConcurrentHashMap<>(
          Map.of(
              "text-embedding-3-small", 1536,
              "text-embedding-3-large", 3072,
              "text-embedding-ada-002", 1536));
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private final Set<String> poison = ConcurrentHashMap.newKeySet();
  private volatile Duration latency = Duration.ZERO;
  private volatile int maxInputs = 2048;
  private volatile int statusOfTooManyInputs = 400;
  private volatile int maxTokensPerInput = 8192;
  private volatile int maxTokensPerRequest = 300_000;
  private volatile boolean flatErrors;
  private volatile boolean blankRefused;
  private volatile boolean rateHeaders = true;
  private volatile ToIntFunction<String> tokenCounter = TokenEstimate::of;

  OpenAiSettings() {
    keys.add(KEY);
  }

  /** Another model and its own width; only {@code text-embedding-3-…} can be shortened. */
  public void addModel(String name, int width) {
    models.put(name, width);
  }

  public void addKey(String key) {
    keys.add(key);
  }

  public void revokeKey(String key) {
    keys.remove(key);
  }

  /** Every answer takes at least this long. */
  public void latency(Duration value) {
    latency = value;
  }

  /** As of other servers: 32 and 413, or 10 and 400. OpenAI's are 2048 and 400. */
  public void maxInputs(int inputs, int status) {
    maxInputs = inputs;
    statusOfTooManyInputs = status;
  }

  public void maxTokensPerInput(int tokens) {
    maxTokensPerInput = tokens;
  }

  /** Checked against UTF-8 bytes / 4, as OpenAI's is. */
  public void maxTokensPerRequest(int tokens) {
    maxTokensPerRequest = tokens;
  }

  /**
   * From now on a request with an input that contains the marker is a 400 that does not name it.
   */
  public void poison(String marker) {
    poison.add(marker);
  }

  public void clearPoison() {
    poison.clear();
  }

  /** Error bodies without the {@code error} envelope. */
  public void flatErrors(boolean flat) {
    flatErrors = flat;
  }

  /** Whether pure white space is refused as the empty text always is; off by default. */
  public void refuseBlank(boolean refused) {
    blankRefused = refused;
  }

  /** Whether answers tell the rate limits, when there are any; on by default. */
  public void rateHeaders(boolean sent) {
    rateHeaders = sent;
  }

  /** A real tokenizer in place of the estimate. */
  public void tokenCounter(ToIntFunction<String> counter) {
    tokenCounter = counter;
  }

  @Nullable Integer width(String model) {
    return models.get(model);
  }

  boolean knows(@Nullable String key) {
    return key != null && keys.contains(key);
  }

  boolean poisoned(String text) {
    return !poison.isEmpty() && poison.stream().anyMatch(text::contains);
  }

  boolean refuses(String text) {
    return text.isEmpty() || (blankRefused && text.isBlank());
  }

  Duration latency() {
    return latency;
  }

  int maxInputs() {
    return maxInputs;
  }

  int statusOfTooManyInputs() {
    return statusOfTooManyInputs;
  }

  int maxTokensPerInput() {
    return maxTokensPerInput;
  }

  int maxTokensPerRequest() {
    return maxTokensPerRequest;
  }

  boolean flatErrors() {
    return flatErrors;
  }

  boolean rateHeaders() {
    return rateHeaders;
  }

  int tokens(String text) {
    return tokenCounter.applyAsInt(text);
  }
}
