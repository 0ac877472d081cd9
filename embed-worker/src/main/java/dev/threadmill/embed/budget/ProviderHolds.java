package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What is wrong with the provider: the columns of {@code provider_budgets} that hold all workers of
 * an account and model. All times are the database's.
 */
@Repository
final class ProviderHolds {
  /** So many requests in a row without any answer mean that the provider is away. */
  private static final int FAILURES_OF_AN_OUTAGE = 3;

  private static final String KEY = ProviderBudgets.KEY;

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

  private final JdbcClient jdbc;
  private final String account;
  private final String model;

  ProviderHolds(JdbcClient jdbc, String account, String model) {
    this.jdbc = jdbc;
    this.account = account;
    this.model = model;
  }

  /** What is wrong with the provider, as far as all workers know. */
  record Hold(Kind kind, String code, String reason) {}

  /**
   * How things stand, without taking part.
   *
   * @param probing one request of one worker is trying whether it is over
   */
  record Standing(Hold hold, Duration remaining, boolean probing) {}

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

  static Hold hold(ResultSet row) throws SQLException {
    return new Hold(
        Kind.valueOf(row.getString("hold_kind").toUpperCase(Locale.ROOT)),
        row.getString("hold_code"),
        row.getString("hold_reason"));
  }

  static Duration seconds(double seconds) {
    return Duration.ofMillis((long) Math.ceil(Math.max(0, seconds) * 1000));
  }
}
