package dev.threadmill.localstack.chatwoot.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The server socket: counts requests, applies faults and the throttle, and sends answers. */
public final class HttpFront implements AutoCloseable {
  static {
    // Without it each kept-alive answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
    System.setProperty("sun.net.httpserver.idleInterval", "600");
  }

  /** The two kinds of routes: the API, which counts and can be harmed, and the simulator's own. */
  public record Routes(Function<Request, Answer> api, Function<Request, Answer> control) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Routes routes;
  private final Clock clock;
  private final Faults faults = new Faults();
  private final RequestLog log = new RequestLog();
  private final RateLimit rateLimit;
  private volatile Duration latency = Duration.ZERO;
  private volatile Consumer<Request> beforeRequest = request -> {};
  private volatile Consumer<Request> afterRequest = request -> {};

  public HttpFront(InetSocketAddress address, Clock clock, Routes routes) throws IOException {
    this.routes = routes;
    this.clock = clock;
    this.rateLimit = new RateLimit(clock);
    this.server = HttpServer.create(address, 1024);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  public void start() {
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public Faults faults() {
    return faults;
  }

  public RequestLog log() {
    return log;
  }

  public RateLimit rateLimit() {
    return rateLimit;
  }

  /** Every answer of the API takes at least this long. */
  public void latency(Duration value) {
    latency = value;
  }

  public void beforeRequest(Consumer<Request> hook) {
    beforeRequest = hook;
  }

  public void afterRequest(Consumer<Request> hook) {
    afterRequest = hook;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = request(exchange);
      if (request.rawPath().startsWith("/simulator")) {
        send(exchange, answer(routes.control(), request));
        return;
      }
      log.begin();
      String target = exchange.getRequestURI().toString();
      int status = 0;
      try {
        beforeRequest.accept(request);
        status = serve(exchange, request, target);
        afterRequest.accept(request);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      } finally {
        log.end(
            new RecordedRequest(
                request.method(), request.route(), target, status, clock.instant()));
      }
    }
  }

  private static Request request(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    String token = headers.getFirst("Api-Access-Token");
    return Request.of(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        exchange.getRequestURI().getRawQuery(),
        token == null ? headers.getFirst("api_access_token") : token,
        exchange.getRequestBody().readAllBytes());
  }

  private int serve(HttpExchange exchange, Request request, String target)
      throws IOException, InterruptedException {
    if (!latency.isZero()) {
      Thread.sleep(latency);
    }
    Faults.@Nullable Ordered fault =
        faults.forRequest(request.method() + " " + target).orElse(null);
    if (fault != null) {
      return harm(exchange, request, fault);
    }
    return send(exchange, answerWithinLimit(request));
  }

  private Answer answerWithinLimit(Request request) {
    return rateLimit.exceeded() ? Answer.text(429, "Retry later\n") : answer(routes.api(), request);
  }

  private static Answer answer(Function<Request, Answer> route, Request request) {
    try {
      return route.apply(request);
    } catch (Answer.Refusal refusal) {
      return refusal.answer();
    } catch (IllegalArgumentException bad) {
      return Answer.error(422, String.valueOf(bad.getMessage()));
    }
  }

  private int harm(HttpExchange exchange, Request request, Faults.Ordered ordered)
      throws IOException, InterruptedException {
    Fault fault = ordered.fault();
    return switch (fault.kind()) {
      case STATUS ->
          send(exchange, Answer.html(fault.status(), "<html><h1>Bad gateway</h1></html>"));
      case THROTTLED -> {
        exchange.getResponseHeaders().set("Retry-After", Long.toString(fault.delay().toSeconds()));
        yield send(exchange, Answer.text(fault.status(), "Retry later\n"));
      }
      case WRONG_CONTENT_TYPE ->
          send(exchange, Answer.html(200, "<html><form>Please log in</form></html>"));
      case SLOW -> {
        // Ends early when the fault is removed; either way the true answer follows.
        boolean unused = ordered.ended().await(fault.delay().toNanos(), TimeUnit.NANOSECONDS);
        yield send(exchange, answerWithinLimit(request));
      }
      case BROKEN_JSON -> {
        Answer whole = answerWithinLimit(request);
        yield send(exchange, new Answer(whole.status(), whole.contentType(), half(whole.body())));
      }
      case HUGE_BODY -> sendHuge(exchange, fault.bytes());
      case STALLED_BODY -> {
        int status = sendHalf(exchange, answerWithinLimit(request));
        ordered.ended().await();
        yield status;
      }
      case TRUNCATED_BODY -> sendHalf(exchange, answerWithinLimit(request));
      case CUT_AFTER_PROCESSING -> {
        answerWithinLimit(request);
        yield 0;
      }
      case CUT -> 0;
    };
  }

  private static byte[] half(byte[] body) {
    return Arrays.copyOf(body, body.length / 2);
  }

  private static int send(HttpExchange exchange, Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.sendResponseHeaders(
        answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
    if (answer.body().length > 0) {
      exchange.getResponseBody().write(answer.body());
    }
    return answer.status();
  }

  /** Closing the exchange afterwards ends the connection, since bytes are missing. */
  private static int sendHalf(HttpExchange exchange, Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.sendResponseHeaders(answer.status(), answer.body().length);
    exchange.getResponseBody().write(half(answer.body()));
    exchange.getResponseBody().flush();
    return answer.status();
  }

  private static int sendHuge(HttpExchange exchange, long bytes) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    byte[] filler = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    OutputStream body = exchange.getResponseBody();
    body.write("{\"payload\":[{\"content\":\"".getBytes(StandardCharsets.US_ASCII));
    for (long sent = 0; sent < bytes; sent += filler.length) {
      body.write(filler);
    }
    body.write("\"}]}".getBytes(StandardCharsets.US_ASCII));
    body.close();
    return 200;
  }

  @Override
  public void close() {
    faults.clear();
    server.stop(0);
    threads.shutdownNow();
  }
}
