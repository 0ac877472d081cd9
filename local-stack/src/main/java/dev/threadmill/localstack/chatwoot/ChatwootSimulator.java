package dev.threadmill.localstack.chatwoot;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Truth;
import dev.threadmill.localstack.chatwoot.api.ChatwootApi;
import dev.threadmill.localstack.chatwoot.api.ServerSettings;
import dev.threadmill.localstack.chatwoot.api.Tokens;
import dev.threadmill.localstack.chatwoot.http.Faults;
import dev.threadmill.localstack.chatwoot.http.HttpFront;
import dev.threadmill.localstack.chatwoot.http.Request;
import dev.threadmill.localstack.chatwoot.http.RequestLog;
import dev.threadmill.localstack.chatwoot.story.LiveTraffic;
import dev.threadmill.localstack.chatwoot.story.Story;
import dev.threadmill.localstack.chatwoot.webhook.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A Chatwoot server with one account, which starts empty. It listens as soon as it is built;
 * closing it cuts what is in flight.
 */
public final class ChatwootSimulator implements AutoCloseable {
  /** The account's id. */
  public static final long ACCOUNT_ID = 1;

  /** An administrator's token, known from the start. */
  public static final String ADMIN_TOKEN = "simulator-admin-token";

  private final ChatwootAccount account;
  private final Tokens tokens = new Tokens();
  private final ServerSettings settings = new ServerSettings();
  private final String host;
  private final LiveTraffic live;
  private final Webhooks webhooks;
  private final HttpFront front;

  private ChatwootSimulator(
      InetSocketAddress address, Clock clock, long seed, Consumer<ChatwootAccount> fill) {
    this.account = new ChatwootAccount(ACCOUNT_ID, clock, seed);
    this.host = address.getHostString();
    this.live = new LiveTraffic(account, seed + 1);
    tokens.addAdministrator(ADMIN_TOKEN);
    // Before the port opens, so that nobody meets half of it.
    fill.accept(account);
    ChatwootApi api = new ChatwootApi(account, tokens, settings);
    this.webhooks = new Webhooks(api::webhookBody, clock);
    account.listen(webhooks::notice);
    ControlApi control = new ControlApi(this);
    try {
      this.front =
          new HttpFront(address, clock, new HttpFront.Routes(api::answer, control::answer));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on " + host + ":" + address.getPort() + ": " + e.getMessage(), e);
    }
    front.start();
  }

  /** An empty account on a free loopback port, by the system's clock. */
  public static ChatwootSimulator start() {
    return start(Clock.systemUTC());
  }

  /** An empty account on a free loopback port. */
  public static ChatwootSimulator start(Clock clock) {
    return start(new InetSocketAddress("127.0.0.1", 0), clock, 42);
  }

  /**
   * On this very address.
   *
   * @throws UncheckedIOException when the address is taken
   */
  public static ChatwootSimulator start(InetSocketAddress address, Clock clock, long seed) {
    return new ChatwootSimulator(address, clock, seed, account -> {});
  }

  /**
   * On this very address, with the story of the last sixty days.
   *
   * @throws UncheckedIOException when the address is taken
   */
  public static ChatwootSimulator startWithStory(
      InetSocketAddress address, Clock clock, long seed) {
    return startWith(address, clock, seed, account -> Story.tell(account, seed));
  }

  /**
   * On this very address, which opens when the account is filled.
   *
   * @throws UncheckedIOException when the address is taken
   */
  public static ChatwootSimulator startWith(
      InetSocketAddress address, Clock clock, long seed, Consumer<ChatwootAccount> fill) {
    return new ChatwootSimulator(address, clock, seed, fill);
  }

  /** Without {@code /api/v1}, as {@code CHATWOOT_BASE_URL} wants it. */
  public URI baseUrl() {
    return URI.create("http://" + host + ":" + front.port());
  }

  /** What the account holds, and the ways to change it. */
  public ChatwootAccount account() {
    return account;
  }

  /** Goes on with the story from now on: so many messages and changes per minute. */
  public void startLiveTraffic(int perMinute) {
    live.start(perMinute);
  }

  /** Everything the account holds now. */
  public Truth truth() {
    return account.truth();
  }

  public Tokens tokens() {
    return tokens;
  }

  public ServerSettings settings() {
    return settings;
  }

  /** Signed hints about every change, off until they have a target. */
  public Webhooks webhooks() {
    return webhooks;
  }

  public Faults faults() {
    return front.faults();
  }

  public RequestLog requests() {
    return front.log();
  }

  /** Requests per minute before 429; 0, the default, turns the throttle off. */
  public void limitRequestsPerMinute(int requests) {
    front.rateLimit().perMinute(requests);
  }

  /** Every answer takes at least this long. */
  public void latency(Duration latency) {
    front.latency(latency);
  }

  /** Called on the request's thread before it is answered; may change the account. */
  public void beforeRequest(Consumer<Request> hook) {
    front.beforeRequest(hook);
  }

  /** Called on the request's thread after it was answered; may change the account. */
  public void afterRequest(Consumer<Request> hook) {
    front.afterRequest(hook);
  }

  @Override
  public void close() {
    live.close();
    webhooks.close();
    front.close();
  }
}
