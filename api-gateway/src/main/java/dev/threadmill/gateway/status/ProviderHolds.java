package dev.threadmill.gateway.status;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.gateway.status.EmbeddingView.Hold;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What is wrong with a provider as the embed workers note it in {@code provider_budgets}, read
 * only.
 */
@Repository
public class ProviderHolds {
  private static final String HOLD =
      """
      select hold_kind, hold_code, hold_reason, held_until from provider_budgets
      where account = :account and model = :model and hold_kind is not null
      """;

  private final JdbcClient jdbc;

  ProviderHolds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What was wrong at last; it may be over. */
  Optional<Hold> of(EmbeddingProvider provider) {
    return read(provider, HOLD);
  }

  /**
   * Why nobody should ask the provider now: it refuses or does not answer. A limit of its rate is
   * none of these, for it spares single questions.
   */
  public Optional<Hold> inForce(EmbeddingProvider provider) {
    return read(
        provider,
        HOLD + "and hold_kind in ('refused', 'unavailable') and held_until > clock_timestamp()");
  }

  private Optional<Hold> read(EmbeddingProvider provider, String sql) {
    return jdbc.sql(sql)
        .param("account", provider.account())
        .param("model", provider.model().name())
        .query(ProviderHolds::hold)
        .optional();
  }

  private static Hold hold(ResultSet row, int number) throws SQLException {
    return new Hold(
        row.getString("hold_kind"),
        row.getString("hold_code"),
        row.getString("hold_reason"),
        Columns.requiredInstant(row, "held_until"));
  }
}
