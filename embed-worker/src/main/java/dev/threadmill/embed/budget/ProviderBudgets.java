package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The row of {@code provider_budgets} that all workers of an account and model share. Each change
 * is one statement that commits at once; nothing is held while a request is under way. All times
 * are the database's.
 */
@Repository
final class ProviderBudgets {
  /** What is taken in advance: a request that had to wait longer is not admitted. */
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(20);

  /** So many requests in a row without any answer mean that the provider is away. */
  private static final int FAILURES_OF_AN_OUTAGE = 3;

  /** The code of a hold that is nowhere written: the queue for the account's limits is too long. */
  static final String USED_UP = "budget_used_up";

  private static final String KEY = " where account = :account and model = :model\n";

  /** What is left now: the limits fill again continuously, as the provider's own do. */
  private static final String FILLED =
      """
      select b.*,
        least(requests_per_minute, requests_left + requests_per_minute / 60.0
          * extract(epoch from clock_timestamp() - measured_at)) as requests_now,
        least(tokens_per_minute, tokens_left + tokens_per_minute / 60.0
          * extract(epoch from clock_timestamp() - measured_at)) as tokens_now
      from provider_budgets b
      """
          + KEY
          + "for update";

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
              select greatest(0, (1 - requests_now) * 60 / requests_per_minute,
                (least(:tokens, tokens_per_minute) - tokens_now) * 60 / tokens_per_minute) as seconds) queue)
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
            extract(epoch from greatest(b.held_until, clock_timestamp()) - clock_timestamp()) as held_for
          """;

  private static final String HOLD =
      """
      with former as (
        select b.*, hold_kind is not distinct from :kind as same, held_until > clock_timestamp() as held
        from provider_budgets b
      """
          + KEY
          + """
            for update),
          counted as (
            select f.*, failures + 1 as failed,
              -- Requests that were in flight together count as one; what is held for worse stays so.
              case when held and (same or hold_kind = 'refused') then holds when same then holds + 1 else 1 end as held_times,
              (held and not same and hold_kind = 'refused')
                or (:kind = 'unavailable' and failures + 1 < :failures and not same) as left_open
            from former f),
          waits as (
            select c.*, case :kind
              when 'rate_limited' then greatest(0.25, coalesce(:retry_after, least(60, 2 ^ (held_times - 1))))
              when 'refused' then least(300, 30 * 2 ^ least(held_times - 1, 10))
              -- Jitter, so that those who were cut off together do not come back together.
              else greatest(coalesce(:retry_after, 0),
                least(60, 2 ^ least(case when left_open then failed else held_times end - 1, 10)) * (0.5 + random() / 2))
              end as seconds
            from counted c),
          judged as (
            -- The longer wait keeps its reason; but a refusal is what somebody has to solve.
            select w.*, left_open or (held and not same and :kind <> 'refused'
              and held_until > clock_timestamp() + make_interval(secs => w.seconds)) as kept
            from waits w)
          update provider_budgets b
          set failures = case when :kind = 'unavailable' then w.failed else b.failures end,
              holds = case when w.kept then b.holds else w.held_times end,
              hold_kind = case when w.kept then b.hold_kind else :kind end,
              hold_code = case when w.kept then b.hold_code else :code end,
              hold_reason = case when w.kept then b.hold_reason else :reason end,
              held_until = case when w.left_open then b.held_until
                else greatest(b.held_until, clock_timestamp() + make_interval(secs => w.seconds)) end,
              probe_until = '-infinity', changed_at = clock_timestamp()
          from judged w where b.account = w.account and b.model = w.model
          returning greatest(w.seconds,
            extract(epoch from greatest(b.held_until, clock_timestamp()) - clock_timestamp())) as seconds
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

  ProviderBudgets(
      JdbcClient jdbc, String account, String model, String worker, Duration probePatience) {
    this.jdbc = jdbc;
    this.account = account;
    this.model = model;
    this.worker = worker;
    this.probePatience = probePatience;
  }

  /** What is wrong with the provider, as far as all workers know. */
  record Hold(Kind kind, String code, String reason) {}

  /**
   * The answer to who wants to send a request.
   *
   * @param admitted whether it may be sent, after the delay
   * @param delay before sending, or before asking again
   * @param hold what is wrong; null when nothing is
   * @param quiet nothing was wrong, so that the answer need not be told for that reason
   * @param probing admitted to try out the provider, or not because another request does
   */
  record Verdict(
      boolean admitted, Duration delay, @Nullable Hold hold, boolean quiet, boolean probing) {}

  /**
   * How things stand, without taking part.
   *
   * @param probing one request of one worker is trying whether it is over
   */
  record Standing(Hold hold, Duration remaining, boolean probing) {}

  /**
   * Reads before it writes: while no limit is known and nothing is wrong there is nothing to count,
   * and a row that is written for every request grows as long as an index is being built.
   */
  Verdict enter(long tokens) {
    return calm() ? new Verdict(true, Duration.ZERO, null, true, false) : counted(tokens);
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
              return counted(tokens);
            });
  }

  Optional<Standing> standing() {
    return jdbc.sql(
            """
            select hold_kind, hold_code, hold_reason,
              extract(epoch from greatest(held_until, clock_timestamp()) - clock_timestamp()) as held_for,
              hold_kind in ('refused', 'unavailable') and held_until <= clock_timestamp()
                and probe_until > clock_timestamp() as probing
            from provider_budgets
            """
                + KEY
                + "and hold_kind is not null")
        .param("account", account)
        .param("model", model)
        .query(
            (row, number) ->
                new Standing(
                    hold(row), seconds(row.getDouble("held_for")), row.getBoolean("probing")))
        .optional();
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

  /**
   * @return how long the request's rows have to wait
   */
  Duration hold(EmbeddingException failure) {
    return jdbc.sql(HOLD)
        .param("account", account)
        .param("model", model)
        .param("kind", failure.kind().name().toLowerCase(Locale.ROOT))
        .param("code", failure.code())
        .param("reason", String.valueOf(failure.getMessage()))
        .param("failures", FAILURES_OF_AN_OUTAGE)
        .param(
            "retry_after",
            failure.retryAfter().map(wait -> wait.toMillis() / 1000.0).orElse(null),
            java.sql.Types.DOUBLE)
        .query((row, number) -> seconds(row.getDouble("seconds")))
        .single();
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
    Duration queue = seconds(row.getDouble("queue"));
    Duration held = seconds(row.getDouble("held_for"));
    boolean wrong = row.getString("hold_kind") != null;
    boolean quiet = !wrong && row.getInt("failures") == 0;
    return switch (verdict) {
      case "open", "probe" -> new Verdict(true, queue, null, quiet, verdict.equals("probe"));
      case "full" ->
          new Verdict(
              false,
              queue,
              new Hold(
                  Kind.RATE_LIMITED,
                  USED_UP,
                  "the provider's limit a minute is used up by the requests before"),
              quiet,
              false);
      case "probing" -> new Verdict(false, Duration.ofSeconds(1), hold(row), quiet, true);
      default -> new Verdict(false, held, wrong ? hold(row) : null, quiet, false);
    };
  }

  private static Hold hold(ResultSet row) throws SQLException {
    return new Hold(
        Kind.valueOf(row.getString("hold_kind").toUpperCase(Locale.ROOT)),
        row.getString("hold_code"),
        row.getString("hold_reason"));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) Math.ceil(Math.max(0, seconds) * 1000));
  }
}
