package dev.threadmill.e2e;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Takes the traces that services send by OTLP over HTTP. */
final class OtlpReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();

  record Span(String traceId, String service, String name) {}

  OtlpReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    server.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(new String(body, StandardCharsets.ISO_8859_1));
          read(new Protobuf(body));
          exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What makes the services of a stack send their traces here, soon, and log in JSON. */
  Map<String, String> environment() {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        url(),
        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULE_DELAY",
        "200ms",
        "TRACE_URL_TEMPLATE",
        "https://traces.example.com/{trace_id}",
        "LOG_FORMAT",
        "json");
  }

  /** The spans of each trace. */
  Map<String, List<Span>> traces() {
    return spans.stream().collect(Collectors.groupingBy(Span::traceId));
  }

  /** All that came, byte by byte. */
  List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** ExportTraceServiceRequest: 1 resource spans, of which 1 is the resource and 2 are scopes. */
  private void read(Protobuf request) {
    for (Protobuf resourceSpans : request.messages(1)) {
      String service = service(resourceSpans.messages(1).getFirst());
      for (Protobuf scope : resourceSpans.messages(2)) {
        for (Protobuf span : scope.messages(2)) {
          spans.add(
              new Span(
                  HexFormat.of().formatHex(span.bytes(1).getFirst()),
                  service,
                  new String(span.bytes(5).getFirst(), StandardCharsets.UTF_8)));
        }
      }
    }
  }

  /** Of the resource's attributes, each a key (1) and a value (2) with a string (1). */
  private static String service(Protobuf resource) {
    return resource.messages(1).stream()
        .filter(attribute -> attribute.text(1).equals("service.name"))
        .map(attribute -> attribute.messages(2).getFirst().text(1))
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
