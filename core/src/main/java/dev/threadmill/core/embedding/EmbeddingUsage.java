package dev.threadmill.core.embedding;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code embedding_usage}: what each project spends a day, by model. Whoever has
 * something embedded for a project adds to it.
 */
@Repository
public final class EmbeddingUsage {
  private final JdbcClient jdbc;

  public EmbeddingUsage(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Adds to today's numbers. To be called last in its transaction: the row stays locked until then,
   * and all workers write it. A project that is gone has no numbers; its share of a request must
   * not keep the vectors of others from being stored.
   */
  public void add(Collection<Spending> spent, String model) {
    // One order for all, or two workers could wait for each other.
    List<Spending> ordered =
        spent.stream().sorted(Comparator.comparing(Spending::projectId)).toList();
    for (Spending one : ordered) {
      add(one, model);
    }
  }

  private void add(Spending spent, String model) {
    jdbc.sql(
            """
            insert into embedding_usage as u (project_id, day, model, requests, inputs, tokens, cost_usd, reused,
              saved_tokens, repeated, ready, rate)
            select id, (now() at time zone 'UTC')::date, :model, :requests, :inputs, :tokens, :cost, :reused,
              :saved, :repeated, :ready, :ready / 60.0
            from projects where id = :project
            on conflict (project_id, day, model) do update
            set requests = u.requests + excluded.requests, inputs = u.inputs + excluded.inputs,
                tokens = u.tokens + excluded.tokens, cost_usd = u.cost_usd + excluded.cost_usd,
                reused = u.reused + excluded.reused, saved_tokens = u.saved_tokens + excluded.saved_tokens,
                repeated = u.repeated + excluded.repeated, ready = u.ready + excluded.ready,
                -- An exponentially decaying count: after 60 s without rows e⁻¹ of the rate is left.
                rate = u.rate * exp(-greatest(0, least(3600, extract(epoch from clock_timestamp() - u.rate_at))) / 60)
                  + excluded.rate,
                rate_at = clock_timestamp()
            """)
        .param("project", spent.projectId())
        .param("model", model)
        .param("requests", spent.requests())
        .param("inputs", spent.inputs())
        .param("tokens", spent.tokens())
        .param("cost", spent.costUsd())
        .param("reused", spent.reused())
        .param("saved", spent.savedTokens())
        .param("repeated", spent.repeated())
        .param("ready", spent.ready())
        .update();
  }

  /** Projects that spent this much today, over all models. */
  public List<UUID> projectsThatSpent(BigDecimal usd) {
    return jdbc.sql(
            """
            select project_id from embedding_usage where day = (now() at time zone 'UTC')::date
            group by project_id having sum(cost_usd) >= :usd
            """)
        .param("usd", usd)
        .query(UUID.class)
        .list();
  }
}
