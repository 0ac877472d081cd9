package dev.threadmill.localstack.openai;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An embeddings server. It listens as soon as it is built; closing it cuts what is in flight. */
public final class OpenAiSimulator implements AutoCloseable {
  static {
    // Without it each kept-alive answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
    System.setProperty("sun.net.httpserver.idleInterval", "600");
  }

  private final OpenAiSettings settings = new OpenAiSettings();
  private final Troubles troubles = new Troubles();
  private final EmbeddingLog log = new EmbeddingLog();
  private final RateLimits limits;
  private final EmbeddingsEndpoint embeddings;
  private final OpenAiControl control = new OpenAiControl(this);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final String host;

  private OpenAiSimulator(InetSocketAddress address, Clock clock) {
    this.limits = new RateLimits(clock);
    this.embeddings = new EmbeddingsEndpoint(settings, limits, troubles, log, clock);
    this.host = address.getHostString();
    try {
      this.server = HttpServer.create(address, 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on " + host + ":" + address.getPort() + ": " + e.getMessage(), e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** On a free loopback port, by the system's clock. */
  public static OpenAiSimulator start() {
    return start(Clock.systemUTC());
  }

  /**
   * On a free loopback port.
   *
   * @param clock fills the rate limits again; latency and delays go by real time
   */
  public static OpenAiSimulator start(Clock clock) {
    return start(new InetSocketAddress("127.0.0.1", 0), clock);
  }

  /**
   * On this very address.
   *
   * @throws UncheckedIOException when the address is taken
   */
  public static OpenAiSimulator start(InetSocketAddress address, Clock clock) {
    return new OpenAiSimulator(address, clock);
  }

  /** With {@code /v1}, as {@code OPENAI_BASE_URL} wants it. */
  public URI baseUrl() {
    return URI.create("http://" + host + ":" + server.getAddress().getPort() + "/v1");
  }

  public OpenAiSettings settings() {
    return settings;
  }

  public RateLimits limits() {
    return limits;
  }

  public Troubles troubles() {
    return troubles;
  }

  public EmbeddingLog log() {
    return log;
  }

  /**
   * The very vector the server answers for this text.
   *
   * @param width at most the model's own
   */
  public float[] vectorFor(String model, int width, String text) {
    Integer own = settings.width(model);
    if (own == null || width > own) {
      throw new IllegalArgumentException("No model " + model + " of width " + width);
    }
    return Vectors.of(model, own, width, text);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/simulator")) {
        control.handle(exchange);
      } else if (path.endsWith("/embeddings") && exchange.getRequestMethod().equals("POST")) {
        embeddings.handle(exchange);
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    troubles.clear();
    server.stop(0);
    threads.shutdownNow();
  }
}
