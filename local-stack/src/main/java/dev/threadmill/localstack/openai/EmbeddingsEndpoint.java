package dev.threadmill.localstack.openai;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST …/embeddings}: key, shape, limits, trouble, answer, in this order. */
final class EmbeddingsEndpoint {
  private static final JsonMapper JSON = new JsonMapper();
  private final OpenAiSettings settings;
  private final RateLimits limits;
  private final Troubles troubles;
  private final EmbeddingLog log;
  private final Clock clock;

  EmbeddingsEndpoint(
      OpenAiSettings settings,
      RateLimits limits,
      Troubles troubles,
      EmbeddingLog log,
      Clock clock) {
    this.settings = settings;
    this.limits = limits;
    this.troubles = troubles;
    this.log = log;
    this.clock = clock;
  }

  void handle(HttpExchange exchange) throws IOException, InterruptedException {
    log.begin(clock.instant());
    int status = 0;
    try {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!settings.latency().isZero()) {
        Thread.sleep(settings.latency());
      }
      status = answer(exchange, body);
    } catch (ApiError error) {
      status = send(exchange, error);
    } finally {
      log.end(status);
    }
  }

  private int answer(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
    String key = key(exchange.getRequestHeaders());
    if (key == null || !settings.knows(key)) {
      throw ApiError.invalidKey();
    }
    EmbeddingsRequest request = EmbeddingsRequest.parse(body);
    log.received(request.inputs());
    Troubles.@Nullable Ordered ordered = troubles.forRequest(request.inputs());
    Trouble.@Nullable Kind kind = ordered == null ? null : ordered.trouble().kind();
    if (ordered != null) {
      refuse(ordered.trouble(), request);
      if (kind == Trouble.Kind.CUT) {
        return 0;
      }
      if (kind == Trouble.Kind.STATUS && ordered.trouble().status() > 500) {
        return send(exchange, ordered.trouble().status());
      }
      waitAsOrdered(ordered);
    }
    long tokens = request.check(settings);
    limits.take(key, request.model(), tokens);
    if (settings.rateHeaders()) {
      limits
          .headers(key, request.model())
          .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    }
    int width = Objects.requireNonNull(settings.width(request.model()));
    byte[] answer = new EmbeddingsAnswer(request, kind).write(width, tokens);
    log.embedded(request.inputs(), tokens);
    int status = send(exchange, answer, kind);
    if (ordered != null && kind == Trouble.Kind.STALLED_BODY) {
      ordered.ended().await();
    }
    return status;
  }

  /** Throws what the trouble says, unless it is one that answers. */
  private static void refuse(Trouble trouble, EmbeddingsRequest request) {
    String model = request.model();
    switch (trouble.kind()) {
      case RATE_LIMITED -> throw rateLimited(model, trouble.delay().toMillis());
      case RATE_LIMITED_WITHOUT_HEADERS -> throw rateLimited(model, null);
      case INSUFFICIENT_QUOTA -> throw ApiError.quota();
      case TOO_LARGE_FOR_MINUTE ->
          throw ApiError.tooLargeForMinute(model, 1000, request.inputs().size() * 100L);
      case INVALID_KEY -> throw ApiError.invalidKey();
      case NO_ACCESS -> throw ApiError.noAccess(model);
      case NO_MODEL -> throw ApiError.noModel(model);
      case STATUS -> {
        if (trouble.status() <= 500) {
          throw new ApiError(
              trouble.status(), "server_error", null, "The server had an error. Sorry about that!");
        }
      }
      default -> {}
    }
  }

  private static ApiError rateLimited(String model, @Nullable Long waitMillis) {
    return new ApiError(
        429,
        "tokens",
        "rate_limit_exceeded",
        "Rate limit reached for "
            + model
            + " in organization org-simulator on tokens per min (TPM): Limit 1000000, Used 1000000,"
            + " Requested 1000. Please try again in "
            + RateLimits.goDuration(waitMillis == null ? 1000 : waitMillis)
            + ".",
        waitMillis);
  }

  private static void waitAsOrdered(Troubles.Ordered ordered) throws InterruptedException {
    if (ordered.trouble().kind() == Trouble.Kind.HANG) {
      ordered.ended().await();
    } else if (ordered.trouble().kind() == Trouble.Kind.SLOW) {
      boolean unused =
          ordered.ended().await(ordered.trouble().delay().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private static @Nullable String key(Headers headers) {
    String bearer = headers.getFirst("Authorization");
    if (bearer != null && bearer.startsWith("Bearer ")) {
      return bearer.substring("Bearer ".length()).strip();
    }
    return headers.getFirst("api-key");
  }

  private static void putHeaders(HttpExchange exchange, String contentType) {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set("x-request-id", "req_" + UUID.randomUUID().toString().replace("-", ""));
    headers.set("openai-version", "2020-10-01");
    headers.set("openai-organization", "org-simulator");
    headers.set("openai-processing-ms", "1");
  }

  private static int send(HttpExchange exchange, byte[] body, Trouble.@Nullable Kind kind)
      throws IOException {
    if (kind == Trouble.Kind.CUT_AFTER_PROCESSING) {
      return 0;
    }
    putHeaders(exchange, "application/json");
    boolean breaksOff = kind == Trouble.Kind.TRUNCATED_BODY || kind == Trouble.Kind.STALLED_BODY;
    byte[] sent =
        kind == Trouble.Kind.BROKEN_JSON || breaksOff ? Arrays.copyOf(body, body.length / 2) : body;
    // A length that is never reached makes closing the exchange end the connection.
    exchange.sendResponseHeaders(200, breaksOff ? body.length : sent.length);
    exchange.getResponseBody().write(sent);
    exchange.getResponseBody().flush();
    return 200;
  }

  private int send(HttpExchange exchange, ApiError error) throws IOException {
    putHeaders(exchange, "application/json");
    Long wait = error.retryAfterMillis();
    if (wait != null) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("retry-after", Long.toString((wait + 999) / 1000));
      headers.set("retry-after-ms", Long.toString(wait));
    }
    byte[] body = JSON.writeValueAsBytes(error.body(settings.flatErrors()));
    exchange.sendResponseHeaders(error.status(), body.length);
    exchange.getResponseBody().write(body);
    return error.status();
  }

  private static int send(HttpExchange exchange, int status) throws IOException {
    byte[] page =
        ("<html><head><title>" + status + "</title></head><body>cloud</body></html>")
            .getBytes(StandardCharsets.UTF_8);
    putHeaders(exchange, "text/html");
    exchange.sendResponseHeaders(status, page.length);
    exchange.getResponseBody().write(page);
    return status;
  }
}
