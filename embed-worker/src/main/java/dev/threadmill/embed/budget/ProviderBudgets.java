package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.embed.budget.ProviderHolds.Hold;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who may send: the row of {@code provider_budgets} that all workers of an account and model share,
 * as far as limits go; what is wrong with the provider is in {@link ProviderHolds}. Each change is
 * one statement that commits at once; nothing is held while a request is under way. All times are
 * the database's.
 */
@Repository
final class ProviderBudgets {
  /** What is taken in advance: a request that had to wait longer is not admitted. */
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(20);

  /** The code of a hold that is nowhere written: the queue for the account's limits is too long. */
  static final String USED_UP = "budget_used_up";

  static final String KEY = " where account = :account and model = :model\n";

  /** What is left now: the limits fill again continuously, as the provider's own do. */
  private static final String FILLED_NOW =
      """
      select b.*,
        least(requests_per_minute, requests_left + requests_per_minute / 60.0
          * extract(epoch from clock_timestamp() - measured_at)) as requests_now,
        least(tokens_per_minute, tokens_left + tokens_per_minute / 60.0
          * extract(epoch from clock_timestamp() - measured_at)) as tokens_now
      from provider_budgets b
      """
          + KEY;

  private static final String FILLED = FILLED_NOW + "for update";

  /** Until the limits have room for a request of so many tokens; 0 where no limit is known. */
  private static final String QUEUE =
      """
      select greatest(0, (1 - requests_now) * 60 / requests_per_minute,
        (least(:tokens, tokens_per_minute) - tokens_now) * 60 / tokens_per_minute) as seconds
      """;

  private static final String ENTER =
      "with filled as ("
          + FILLED
          + """
          ),
          judged as (
            select f.*, queue.seconds as queue,
              case when held_until > clock_timestamp() then 'closed'
                   when hold_kind in ('refused', 'unavailable') and probe_until > clock_timestamp() then 'probing'
                   when hold_kind in ('refused', 'unavailable') then 'probe'
                   when queue.seconds > :longest_queue then 'full'
                   else 'open' end as verdict
            from filled f cross join lateral (
          """
          + QUEUE
          + """
            ) queue)
          update provider_budgets b
          set requests_left = j.requests_now - case when j.verdict in ('open', 'probe') then 1 else 0 end,
              tokens_left = j.tokens_now - case when j.verdict in ('open', 'probe') then least(:tokens, b.tokens_per_minute)
                else 0 end,
              measured_at = clock_timestamp(),
              probe_by = case when j.verdict = 'probe' then :worker else b.probe_by end,
              probe_until = case when j.verdict = 'probe'
                then clock_timestamp() + make_interval(secs => :probe_patience) else b.probe_until end
          from judged j where b.account = j.account and b.model = j.model
          returning j.verdict, j.queue, b.hold_kind, b.hold_code, b.hold_reason, b.failures,
            b.requests_per_minute, b.requests_left::bigint, b.tokens_per_minute, b.tokens_left::bigint,
            extract(epoch from greatest(b.held_until, clock_timestamp()) - clock_timestamp()) as held_for
          """;

  private static final String ANSWERED =
      "with filled as ("
          + FILLED
          + """
          )
          update provider_budgets b
          set requests_per_minute = coalesce(:requests_limit, b.requests_per_minute),
              tokens_per_minute = coalesce(:tokens_limit, b.tokens_per_minute),
              -- Requests that are under way are not counted by the provider yet, but they are here.
              requests_left = least(f.requests_now, :requests_left), tokens_left = least(f.tokens_now, :tokens_left),
              measured_at = clock_timestamp(), failures = 0,
              -- An answer that was under way does not lift the rate limit of those behind it.
              hold_kind = case when kept.hold then b.hold_kind end, hold_code = case when kept.hold then b.hold_code end,
              hold_reason = case when kept.hold then b.hold_reason end,
              holds = case when kept.hold then b.holds else 0 end,
              held_until = case when kept.hold then b.held_until else '-infinity' end,
              probe_until = '-infinity',
              changed_at = case when b.hold_kind is null then b.changed_at else clock_timestamp() end
          from filled f cross join lateral (
            select f.hold_kind = 'rate_limited' and f.held_until > clock_timestamp() as hold) kept
          where b.account = f.account and b.model = f.model
          """;

  private final JdbcClient jdbc;
  private final String account;
  private final String model;
  private final String worker;
  private final Duration probePatience;

  /** The row had limits when it was counted last: it is not calm, so nobody need look. */
  private volatile boolean limited;

  ProviderBudgets(
      JdbcClient jdbc, String account, String model, String worker, Duration probePatience) {
    this.jdbc = jdbc;
    this.account = account;
    this.model = model;
    this.worker = worker;
    this.probePatience = probePatience;
  }

  /**
   * The answer to who wants to send a request.
   *
   * @param admitted whether it may be sent, after the delay
   * @param delay before sending, or before asking again
   * @param hold what is wrong; null when nothing is
   * @param quiet nothing was wrong, so that the answer need not be told for that reason
   * @param probing admitted to try out the provider, or not because another request does
   * @param counted the limits as the row has them, this request counted
   */
  record Verdict(
      boolean admitted,
      Duration delay,
      @Nullable Hold hold,
      boolean quiet,
      boolean probing,
      Allowance counted) {
    private static final Verdict CALM =
        new Verdict(true, Duration.ZERO, null, true, false, Allowance.UNKNOWN);
  }

  /**
   * Reads before it writes: while no limit is known and nothing is wrong there is nothing to count,
   * and a row that is written for every request grows as long as an index is being built.
   */
  Verdict enter(long tokens) {
    return !limited && calm() ? Verdict.CALM : counted(tokens);
  }

  private boolean calm() {
    return jdbc.sql(
            """
            select hold_kind is null and failures = 0 and requests_per_minute is null and tokens_per_minute is null
            from provider_budgets
            """
                + KEY)
        .param("account", account)
        .param("model", model)
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  private Verdict counted(long tokens) {
    Verdict verdict = enterCounted(tokens);
    limited = verdict.counted().known();
    return verdict;
  }

  private Verdict enterCounted(long tokens) {
    return jdbc.sql(ENTER)
        .param("account", account)
        .param("model", model)
        .param("tokens", tokens)
        .param("worker", worker)
        .param("longest_queue", LONGEST_QUEUE.toSeconds())
        .param("probe_patience", probePatience.toSeconds())
        .query((row, number) -> verdict(row))
        .optional()
        .orElseGet(
            () -> {
              create();
              return enterCounted(tokens);
            });
  }

  /** How long a request of so many tokens would wait for the limits now. */
  Duration queue(long tokens) {
    return jdbc.sql(
            "with filled as ("
                + FILLED_NOW
                + ") select queue.seconds from filled cross join lateral ("
                + QUEUE
                + ") queue")
        .param("account", account)
        .param("model", model)
        .param("tokens", tokens)
        .query((row, number) -> ProviderHolds.seconds(row.getDouble("seconds")))
        .optional()
        .orElse(Duration.ZERO);
  }

  /** Lets another one try: this worker was admitted for that and does not send its request. */
  int giveUpProbe() {
    return jdbc.sql(
            "update provider_budgets set probe_until = '-infinity'"
                + KEY
                + " and probe_by = :worker and probe_until > clock_timestamp()")
        .param("account", account)
        .param("model", model)
        .param("worker", worker)
        .update();
  }

  int answered(Allowance allowance) {
    return jdbc.sql(ANSWERED)
        .param("account", account)
        .param("model", model)
        .param("requests_limit", allowance.requestsPerMinute(), java.sql.Types.BIGINT)
        .param("requests_left", allowance.requestsLeft(), java.sql.Types.DOUBLE)
        .param("tokens_limit", allowance.tokensPerMinute(), java.sql.Types.BIGINT)
        .param("tokens_left", allowance.tokensLeft(), java.sql.Types.DOUBLE)
        .update();
  }

  private void create() {
    jdbc.sql(
            "insert into provider_budgets (account, model) values (:account, :model) on conflict do nothing")
        .param("account", account)
        .param("model", model)
        .update();
  }

  private static Verdict verdict(ResultSet row) throws SQLException {
    String verdict = row.getString("verdict");
    Duration queue = ProviderHolds.seconds(row.getDouble("queue"));
    boolean wrong = row.getString("hold_kind") != null;
    boolean quiet = !wrong && row.getInt("failures") == 0;
    Allowance counted = counted(row);
    return switch (verdict) {
      case "open", "probe" ->
          new Verdict(true, queue, null, quiet, verdict.equals("probe"), counted);
      case "full" ->
          new Verdict(
              false,
              queue,
              new Hold(
                  Kind.RATE_LIMITED,
                  USED_UP,
                  "the provider's limit a minute is used up by the requests before"),
              quiet,
              false,
              counted);
      case "probing" ->
          new Verdict(false, Duration.ofSeconds(1), ProviderHolds.hold(row), quiet, true, counted);
      default ->
          new Verdict(
              false,
              ProviderHolds.seconds(row.getDouble("held_for")),
              wrong ? ProviderHolds.hold(row) : null,
              quiet,
              false,
              counted);
    };
  }

  private static Allowance counted(ResultSet row) throws SQLException {
    return new Allowance(
        row.getObject("requests_per_minute", Long.class),
        row.getObject("requests_left", Long.class),
        row.getObject("tokens_per_minute", Long.class),
        row.getObject("tokens_left", Long.class));
  }
}
