package dev.threadmill.e2e;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers of several gateways, behind what a load balancer does: one that takes no connection is
 * passed by. Whatever else goes wrong is a failure.
 */
final class Callers implements AutoCloseable {
  private static final int AT_ONCE = 3;

  private final FaultStack faults;
  private final List<String> gateways;
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

  private void call(int number) {
    String path = number % 2 == 0 ? "/jobs/status" : "/conversations?limit=20";
    for (int gateway = 0; gateway < gateways.size(); gateway++) {
      String url = gateways.get((number + gateway) % gateways.size());
      // A client of its own: a connection that was kept alive may be closed before it is used
      // again.
      try (HttpClient client = HttpClient.newHttpClient()) {
        var answer = client.send(request(url + path).GET().build(), BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(url + path + " " + answer.statusCode() + " " + answer.body());
        }
        return;
      } catch (ConnectException passedBy) {
        // The next one.
      } catch (IOException cut) {
        failures.add(url + path + " " + cut);
        return;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    failures.add(path + ": no gateway takes a connection");
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
