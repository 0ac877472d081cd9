package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.chatwoot.BoundedBody;
import dev.threadmill.core.chatwoot.ChatwootTrace;
import dev.threadmill.core.chatwoot.RequestLimiter;
import dev.threadmill.core.chatwoot.RetryAfter;
import dev.threadmill.core.chatwoot.ServerAddress;
import dev.threadmill.core.trace.Traces;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLHandshakeException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes messages into conversations of Chatwoot, and looks whether they arrived. Nothing is ever
 * sent twice in here: what is not known to have failed is {@link SendAnswer.Unclear}.
 */
final class ChatwootSender {
  /** Ours among the attributes of a message; whoever reads the conversation can see it. */
  static final String MARK = "threadmill_outbound_id";

  private static final long MOST_BYTES = 16L << 20;

  private final CampaignSettings settings;
  private final Clock clock;
  private final Traces traces;
  private final HttpClient http;
  private final JsonMapper json = JsonMapper.builder().build();
  private final Map<URI, RequestLimiter> limiters = new ConcurrentHashMap<>();

  ChatwootSender(CampaignSettings settings, Clock clock, Traces traces) {
    this.settings = settings;
    this.clock = clock;
    this.traces = traces;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(settings.connectTimeout())
            .version(HttpClient.Version.HTTP_1_1)
            // A redirect would carry the token to another address.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** How long to wait before the next request to this server, whose slot is taken with this. */
  Duration turn(URI server) {
    RequestLimiter limiter = limiter(server);
    Duration slot = limiter.reserve();
    Duration asked = limiter.pauseLeft();
    return slot.compareTo(asked) > 0 ? slot : asked;
  }

  private RequestLimiter limiter(URI server) {
    return limiters.computeIfAbsent(
        server, one -> new RequestLimiter(settings.requestsPerMinute()));
  }

  /**
   * Sends a text as an outgoing message.
   *
   * @param id under which it is found again
   */
  SendAnswer send(SendingAccount account, long conversation, UUID id, String text) {
    // Not as its source_id: for most channels Chatwoot takes a message that has one for sent.
    String body =
        json.writeValueAsString(
            Map.of(
                "content",
                text,
                "message_type",
                "outgoing",
                "private",
                false,
                "echo_id",
                id.toString(),
                "content_attributes",
                Map.of(MARK, id.toString())));
    HttpRequest request =
        request(account, "/conversations/" + conversation + "/messages")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return exchange(request, (response, stream) -> answer(account, response, stream));
    } catch (JacksonException | IOException broken) {
      return neverSent(broken)
          ? new SendAnswer.NotNow(
              "chatwoot_unreachable",
              "Chatwoot at %s can't be reached: check that the server runs"
                  .formatted(account.baseUrl()),
              null)
          : new SendAnswer.Unclear("the connection broke, or no answer came in time", false);
    }
  }

  private SendAnswer answer(SendingAccount account, HttpResponse<?> response, InputStream body) {
    int status = response.statusCode();
    if (status == 200 || status == 201) {
      JsonNode id = isJson(response) ? json.readTree(body).path("id") : json.missingNode();
      return id.isIntegralNumber()
          ? new SendAnswer.Sent(id.longValue())
          : new SendAnswer.Unclear("the answer is not one of Chatwoot's", false);
    }
    if (status == 429) {
      // The throttle stands before everything else, so nothing was stored.
      return throttled(account, response);
    }
    if (status == 401 || status == 403 || status == 404) {
      return refusedHere(account, response);
    }
    if (status >= 500 || status < 300 || status == 408) {
      // It, or a proxy before it, may have failed after the message was stored.
      return new SendAnswer.Unclear("Chatwoot answers with status " + status, false);
    }
    if (status == 422) {
      // Chatwoot says it for whatever goes wrong with a record, also after one was stored.
      return new SendAnswer.Unclear("Chatwoot does not take the message (422)", true);
    }
    return status < 400
        ? new SendAnswer.NotNow(
            "chatwoot_not_chatwoot",
            "what answers at %s is not Chatwoot's interface (%d)"
                .formatted(account.baseUrl(), status),
            null)
        : new SendAnswer.Refused("Chatwoot refuses the message (" + status + ")");
  }

  private SendAnswer.NotNow throttled(SendingAccount account, HttpResponse<?> response) {
    Duration wait = RetryAfter.ofThrottle(response.headers(), clock.instant());
    limiter(account.baseUrl()).pauseFor(wait);
    return new SendAnswer.NotNow(
        "chatwoot_rate_limited",
        "Chatwoot at %s says that too many requests come (429): lower CAMPAIGN_REQUESTS_PER_MINUTE"
            .formatted(account.baseUrl()),
        wait);
  }

  /** Refused for this conversation, or for all of the account? Its list of inboxes tells. */
  private SendAnswer refusedHere(SendingAccount account, HttpResponse<?> response) {
    int status = response.statusCode();
    if (accountAnswers(account)) {
      return status == 404
          ? new SendAnswer.NoConversation()
          : new SendAnswer.Refused(
              "the token may not write in this conversation (%d)".formatted(status));
    }
    return status == 404
        ? new SendAnswer.NotNow(
            "chatwoot_account_not_found",
            "Chatwoot at %s has no account %d (404)"
                .formatted(account.baseUrl(), account.accountId()),
            null)
        : new SendAnswer.NotNow(
            "chatwoot_unauthorized",
            "Chatwoot at %s refuses the token (%d): set one of an administrator of account %d"
                .formatted(account.baseUrl(), status, account.accountId()),
            null);
  }

  private boolean accountAnswers(SendingAccount account) {
    try {
      return exchange(
          request(account, "/inboxes").build(),
          (response, body) -> response.statusCode() == 200 && isJson(response));
    } catch (JacksonException | IOException broken) {
      return false;
    }
  }

  /**
   * Looks for a message among those of its conversation. One answer must hold all that came since:
   * a full one holds the oldest by time, and what is missing in it may be there.
   */
  LookAnswer look(SendingAccount account, long conversation, SearchedMessage wanted) {
    var window = new MessageWindow(wanted);
    String path =
        "/conversations/%d/messages?after=%d&before=%d"
            .formatted(conversation, wanted.after(), Long.MAX_VALUE);
    HttpResponse<?> answered;
    try {
      answered =
          exchange(
              request(account, path).build(),
              (response, body) -> {
                if (response.statusCode() == 200 && isJson(response)) {
                  window.read(body);
                }
                return response;
              });
    } catch (JacksonException | IOException broken) {
      // It may be this conversation alone: what breaks here may break each time.
      String why = "Chatwoot at %s does not answer".formatted(account.baseUrl());
      return accountAnswers(account)
          ? new LookAnswer.Unanswered("Chatwoot's answer about the conversation can't be read")
          : new LookAnswer.AccountSilent(new SendAnswer.NotNow("chatwoot_unreachable", why, null));
    }
    if (!window.isRead()) {
      return unanswered(account, answered);
    }
    return window.conclusive()
        ? window.answer()
        : new LookAnswer.Unanswered("more messages came since than one answer of Chatwoot's holds");
  }

  /** Is it this conversation, or the account? */
  private LookAnswer unanswered(SendingAccount account, HttpResponse<?> response) {
    int status = response.statusCode();
    if (status == 429) {
      return new LookAnswer.AccountSilent(throttled(account, response));
    }
    String why =
        "Chatwoot at %s does not show the conversation (%d)".formatted(account.baseUrl(), status);
    if (!accountAnswers(account)) {
      String errorClass =
          switch (status) {
            case 401, 403 -> "chatwoot_unauthorized";
            case 404 -> "chatwoot_account_not_found";
            default -> "chatwoot_unavailable";
          };
      return new LookAnswer.AccountSilent(new SendAnswer.NotNow(errorClass, why, null));
    }
    return status == 404 ? new LookAnswer.NoConversation() : new LookAnswer.Unanswered(why);
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(HttpResponse<?> response, InputStream body) throws IOException;
  }

  private <T> T exchange(HttpRequest request, Reader<T> reader) throws IOException {
    try (var part = ChatwootTrace.begin(traces, request.method(), request.uri().getPath())) {
      try {
        ServerAddress.require(request.uri());
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        part.with("threadmill.status", Integer.toString(response.statusCode()));
        try (var body = new BoundedBody(response.body(), MOST_BYTES, settings.answerTimeout())) {
          return reader.read(response, body);
        }
      } catch (IOException unanswered) {
        part.failed("unanswered");
        throw unanswered;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stopped);
    }
  }

  private HttpRequest.Builder request(SendingAccount account, String path) {
    return HttpRequest.newBuilder(
            URI.create(account.baseUrl() + "/api/v1/accounts/" + account.accountId() + path))
        // The spelling with dashes survives proxies that drop names with an underscore.
        .header("Api-Access-Token", account.token())
        .header("Accept", "application/json")
        .timeout(settings.answerTimeout());
  }

  private static boolean isJson(HttpResponse<?> response) {
    return response.headers().firstValue("content-type").orElse("").startsWith("application/json");
  }

  private static boolean neverSent(Throwable broken) {
    for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof HttpConnectTimeoutException
          || cause instanceof UnresolvedAddressException
          || cause instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }
}
