package dev.threadmill.ingest.chatwoot;

import dev.threadmill.core.chatwoot.RequestLimiter;
import dev.threadmill.core.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Makes a client for each run; all clients of one server share its limiter and connections, and all
 * of one account share the number of its requests that may be under way.
 */
public final class ChatwootClients {
  private final ChatwootLimits limits;
  private final Clock clock;
  private final ChatwootMeters meters;
  private final Traces traces;
  private final HttpClient http;
  private final Map<URI, RequestLimiter> limiters = new ConcurrentHashMap<>();
  private final Map<Account, Semaphore> underWay = new ConcurrentHashMap<>();

  /** An account, whatever token reads it. */
  private record Account(URI baseUrl, long id) {}

  public ChatwootClients(
      ChatwootLimits limits, Clock clock, MeterRegistry registry, Traces traces) {
    this.limits = limits;
    this.clock = clock;
    this.meters = new ChatwootMeters(registry);
    this.traces = traces;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(limits.connectTimeout())
            .version(HttpClient.Version.HTTP_1_1)
            // A redirect would carry the token to another address.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** How many reads of one source may go on at the same time. */
  public int concurrency() {
    return limits.concurrency();
  }

  public ChatwootClient open(ChatwootAccount account, Pause pause) {
    RequestLimiter limiter =
        limiters.computeIfAbsent(
            account.baseUrl(), server -> new RequestLimiter(limits.requestsPerMinute()));
    Semaphore requests =
        underWay.computeIfAbsent(
            new Account(account.baseUrl(), account.accountId()),
            one -> new Semaphore(limits.concurrency(), true));
    return new ChatwootClient(
        account,
        new ChatwootHttp(
            account,
            new ChatwootHttp.Shared(http, limiter, requests, meters, traces),
            limits,
            pause,
            clock));
  }
}
