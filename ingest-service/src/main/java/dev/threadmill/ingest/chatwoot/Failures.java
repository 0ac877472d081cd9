package dev.threadmill.ingest.chatwoot;

import dev.threadmill.core.chatwoot.BoundedBody;
import dev.threadmill.core.chatwoot.RetryAfter;
import dev.threadmill.core.chatwoot.ServerAddress.NoServerException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says what a bad answer or a broken connection means, once, by status and type. */
final class Failures {
  private final ChatwootAccount account;

  Failures(ChatwootAccount account) {
    this.account = account;
  }

  ChatwootException ofStatus(int status, HttpHeaders headers, Instant now) {
    String server = "Chatwoot at " + account.baseUrl();
    if (status == 401 || status == 403) {
      return new ChatwootException(
          Kind.UNAUTHORIZED,
          "%s refuses the token (%d): set %s to an administrator's access token"
              .formatted(server, status, account.tokenName()));
    }
    if (status == 404 && !json(headers)) {
      // Chatwoot says what it does not have in JSON; a page comes from something before it.
      return notChatwoot();
    }
    if (status == 404) {
      return new ChatwootException(
          Kind.NOT_FOUND,
          "%s has no account %d or not what was asked of it (404): check CHATWOOT_ACCOUNT_ID and CHATWOOT_BASE_URL"
              .formatted(server, account.accountId()));
    }
    if (status == 429) {
      return throttled(RetryAfter.ofThrottle(headers, now));
    }
    if (status >= 500) {
      return new ChatwootException(
          Kind.SERVER_ERROR,
          "%s fails with status %d: its own log says why".formatted(server, status),
          RetryAfter.said(headers, now).orElse(null));
    }
    if (status >= 300 && status < 400) {
      return new ChatwootException(
          Kind.NOT_CHATWOOT,
          "%s answers with a redirect (%d): set CHATWOOT_BASE_URL to the address that it leads to"
              .formatted(server, status));
    }
    return new ChatwootException(
        Kind.REFUSED, "%s refuses the request (%d)".formatted(server, status));
  }

  /** The server does not want to be asked for so long. */
  ChatwootException throttled(Duration wait) {
    return new ChatwootException(
        Kind.RATE_LIMITED,
        "Chatwoot at %s says that too many requests come (429): lower CHATWOOT_REQUESTS_PER_MINUTE, or raise the server's RACK_ATTACK_LIMIT"
            .formatted(account.baseUrl()),
        wait);
  }

  static boolean json(HttpHeaders headers) {
    return headers.firstValue("content-type").orElse("").startsWith("application/json");
  }

  ChatwootException notChatwoot() {
    return new ChatwootException(
        Kind.NOT_CHATWOOT,
        "what answers at %s is not Chatwoot's interface (a web page or other content came): check CHATWOOT_BASE_URL"
            .formatted(account.baseUrl()));
  }

  ChatwootException malformed() {
    return new ChatwootException(
        Kind.MALFORMED,
        "Chatwoot at %s sent broken JSON: look at proxies between and at the server's log"
            .formatted(account.baseUrl()));
  }

  ChatwootException ofConnection(Throwable broken) {
    String address = account.baseUrl().toString();
    if (caused(broken, BoundedBody.TooLargeException.class)) {
      return new ChatwootException(
          Kind.BODY_TOO_LARGE,
          "an answer of Chatwoot at %s is larger than CHATWOOT_MAX_BODY_MB".formatted(address));
    }
    boolean connecting = caused(broken, HttpConnectTimeoutException.class);
    if (!connecting
        && (caused(broken, HttpTimeoutException.class)
            || caused(broken, BoundedBody.TooSlowException.class))) {
      return new ChatwootException(
          Kind.TIMEOUT,
          "Chatwoot at %s does not answer in time: raise CHATWOOT_TIMEOUT_MS or look at the server's load"
              .formatted(address));
    }
    if (!connecting && neverSent(broken) == null) {
      return new ChatwootException(
          Kind.BROKEN_OFF,
          "Chatwoot at %s breaks the connection off: look at proxies between and at the server's log"
              .formatted(address));
    }
    return new ChatwootException(
        Kind.UNREACHABLE,
        "Chatwoot at %s can't be reached (%s): check CHATWOOT_BASE_URL, and that the server runs"
            .formatted(address, connecting ? "no connection in time" : neverSent(broken)));
  }

  /** Why there was no connection; null when there was one, and it broke. */
  private static @Nullable String neverSent(Throwable broken) {
    if (caused(broken, UnresolvedAddressException.class)) {
      return "its name is unknown";
    }
    if (caused(broken, NoServerException.class)) {
      return "its name leads to an address that no Chatwoot server has";
    }
    if (caused(broken, ConnectException.class)) {
      return "the connection is refused";
    }
    return caused(broken, SSLException.class) ? "no secure connection" : null;
  }

  private static boolean caused(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
