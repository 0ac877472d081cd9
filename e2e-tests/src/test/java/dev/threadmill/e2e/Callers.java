package dev.threadmill.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers of several gateways, behind what a load balancer does: it hands nothing to a gateway that
 * it was told to leave out, as Kubernetes tells it before a pod gets SIGTERM. Whatever goes wrong
 * is a failure, for a server that closes its port cuts connections that the system took and it did
 * not.
 */
final class Callers implements AutoCloseable {
  private static final int AT_ONCE = 3;

  private final FaultStack faults;
  private final List<String> gateways;
  private final Set<String> leftOut = ConcurrentHashMap.newKeySet();
  private final Queue<String> underWay = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong answered = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean open = true;

  Callers(FaultStack faults, List<String> gateways) {
    this.faults = faults;
    this.gateways = gateways;
  }

  void start() {
    for (int caller = 0; caller < AT_ONCE; caller++) {
      int number = caller;
      threads.execute(
          () -> {
            for (int call = number; open; call++) {
              call(call);
            }
          });
    }
  }

  long answered() {
    return answered.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Hands that gateway no more, and waits for the answers of what it was handed before. */
  void leaveOut(String url) {
    synchronized (underWay) {
      leftOut.add(url);
    }
    await().until(() -> !underWay.contains(url));
  }

  void takeUp(String url) {
    leftOut.remove(url);
  }

  private void call(int number) {
    String gateway = take(number);
    String url = gateway + (number % 2 == 0 ? "/jobs/status" : "/conversations?limit=20");
    // A client of its own: a connection that was kept alive may be closed before it is used again.
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer = client.send(request(url).GET().build(), BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        answered.incrementAndGet();
      } else {
        failures.add(url + " " + answer.statusCode() + " " + answer.body());
      }
    } catch (IOException cut) {
      failures.add(url + " " + cut);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.remove(gateway);
    }
  }

  private String take(int number) {
    synchronized (underWay) {
      List<String> in = gateways.stream().filter(url -> !leftOut.contains(url)).toList();
      String gateway = in.get(number / 2 % in.size());
      underWay.add(gateway);
      return gateway;
    }
  }

  /** The status that somebody gets who waits for a run. */
  CompletableFuture<Integer> waitForSync(String url) {
    var request = request(url + "/jobs/chatwoot/sync?wait=60").POST(BodyPublishers.noBody());
    return CompletableFuture.supplyAsync(() -> status(request.build()), threads);
  }

  private static int status(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException cut) {
      throw new IllegalStateException(cut);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /**
   * Somebody who follows what happens.
   *
   * @param end whether the stream was ended, and not cut
   */
  record Stream(AtomicInteger read, CompletableFuture<Boolean> end) {
    int lines() {
      return read.get();
    }
  }

  Stream follow(String url) {
    AtomicInteger read = new AtomicInteger();
    var request = request(url + "/jobs/events").header("Accept", "text/event-stream").GET().build();
    return new Stream(
        read,
        CompletableFuture.supplyAsync(
            () -> {
              try (HttpClient client = HttpClient.newHttpClient()) {
                client
                    .send(request, BodyHandlers.ofLines())
                    .body()
                    .forEach(line -> read.incrementAndGet());
                return true;
              } catch (IOException | java.io.UncheckedIOException cut) {
                return false;
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
              }
            },
            threads));
  }

  private HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(70))
        .header("Authorization", "Bearer " + faults.stack.apiToken())
        .header("X-Project-Id", faults.stack.projectId());
  }

  @Override
  public void close() {
    open = false;
    threads.close();
  }
}
