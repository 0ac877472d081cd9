package dev.threadmill.embed.claim;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code texts_in_flight}: equal texts may wait in many rows, which many workers claim
 * side by side; the one that takes the text here sends it, the others wait for its answer.
 */
@Repository
public final class TextsInFlight {
  private final JdbcClient jdbc;
  private final ClaimSettings settings;

  public TextsInFlight(JdbcClient jdbc, ClaimSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /**
   * Takes the texts that nobody is sending. It must come before the look for vectors of equal
   * texts: what another worker stored before it let the text go is seen then.
   *
   * @return the hashes taken, and of each whether somebody who died may have sent it before
   */
  public Map<String, Boolean> take(Collection<String> textHashes, EmbeddingModel model) {
    Map<String, Boolean> taken = new HashMap<>();
    jdbc.sql(
            """
            insert into texts_in_flight as t (text_hash, model, worker, lease_until)
            select hash, :model, :worker, now() + make_interval(secs => :lease)
            from (select distinct hash from unnest(:hashes) given (hash)) ordered order by hash
            on conflict (text_hash, model) do update
            set worker = excluded.worker, lease_until = excluded.lease_until
            where t.lease_until <= now()
            returning text_hash, xmax <> 0 as repeated
            """)
        .param("hashes", textHashes.toArray(String[]::new))
        .param("model", model.name())
        .param("worker", settings.worker())
        .param("lease", seconds())
        .query(
            row -> {
              taken.put(row.getString("text_hash"), row.getBoolean("repeated"));
            });
    return taken;
  }

  /** Keeps texts that are still this worker's to send; what it let go stays free. */
  public int renew(Collection<String> textHashes, EmbeddingModel model) {
    return jdbc.sql(
            """
            update texts_in_flight set lease_until = now() + make_interval(secs => :lease)
            where text_hash = any (:hashes) and model = :model and worker = :worker
              and lease_until > now()
            """)
        .param("hashes", textHashes.toArray(String[]::new))
        .param("model", model.name())
        .param("worker", settings.worker())
        .param("lease", seconds())
        .update();
  }

  /** Lets texts go: their vectors are stored, or they were not sent. */
  public void release(Collection<String> textHashes, EmbeddingModel model) {
    if (textHashes.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            delete from texts_in_flight
            where text_hash = any (:hashes) and model = :model and worker = :worker
            """)
        .param("hashes", textHashes.toArray(String[]::new))
        .param("model", model.name())
        .param("worker", settings.worker())
        .update();
  }

  /** Lets texts go that were sent, although no answer came: who takes them next may pay again. */
  public void abandon(Collection<String> textHashes, EmbeddingModel model) {
    jdbc.sql(
            """
            update texts_in_flight set lease_until = now()
            where text_hash = any (:hashes) and model = :model and worker = :worker
            """)
        .param("hashes", textHashes.toArray(String[]::new))
        .param("model", model.name())
        .param("worker", settings.worker())
        .update();
  }

  /** Lets go of what this process holds, but for texts still worked on; they may have been sent. */
  public void abandonAllBut(Collection<String> textHashes) {
    jdbc.sql(
            """
            update texts_in_flight set lease_until = now()
            where worker = :worker and lease_until > now() and text_hash <> all (:hashes)
            """)
        .param("worker", settings.worker())
        .param("hashes", textHashes.toArray(String[]::new))
        .update();
  }

  /** Forgets what nobody took again for a day: its rows are gone or have another text. */
  public void forgetOld() {
    jdbc.sql("delete from texts_in_flight where lease_until < now() - interval '1 day'").update();
  }

  private double seconds() {
    return settings.flight().toMillis() / 1000.0;
  }
}
