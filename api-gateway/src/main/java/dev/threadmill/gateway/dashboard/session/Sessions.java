package dev.threadmill.gateway.dashboard.session;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.security.TokenHash;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code dashboard_sessions}. A session ends {@code DASHBOARD_SESSION_IDLE_MINUTES} after
 * its last request, {@code DASHBOARD_SESSION_HOURS} after its first, and with its token.
 */
@Repository
public class Sessions {
  private static final int ID_BYTES = 32;
  private static final int SWEPT_AT_ONCE = 1000;

  private final JdbcClient jdbc;
  private final Duration idle;
  private final Duration longest;
  private final SecureRandom random = new SecureRandom();

  Sessions(JdbcClient jdbc, Settings settings) {
    this.jdbc = jdbc;
    this.idle =
        Duration.ofMinutes(settings.integer("DASHBOARD_SESSION_IDLE_MINUTES", 480, 1, 43_200));
    this.longest = Duration.ofHours(settings.integer("DASHBOARD_SESSION_HOURS", 72, 1, 8_760));
  }

  /**
   * Begins one for a token that is right. Those that are over go.
   *
   * @return its id, which only the browser keeps
   */
  public String begin(String token) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    sweep();
    jdbc.sql(
            """
            insert into dashboard_sessions (id_hash, token_hash, expires_at)
            values (:id, :token, now() + make_interval(secs => :longest))
            """)
        .param("id", TokenHash.of(id))
        .param("token", TokenHash.of(token))
        .param("longest", longest.toSeconds())
        .update();
    return id;
  }

  /** The hash of the token behind a session that is not over; that it was used is noted. */
  public Optional<byte[]> use(String id) {
    return jdbc.sql(
            """
            with found as (
              select id_hash, token_hash, seen_at from dashboard_sessions
              where id_hash = :id and expires_at > now() and seen_at > now() - make_interval(secs => :idle)),
            noted as (
              update dashboard_sessions s set seen_at = now() from found
              where s.id_hash = found.id_hash and found.seen_at < now() - interval '1 minute')
            select token_hash from found
            """)
        .param("id", TokenHash.of(id))
        .param("idle", idle.toSeconds())
        .query(byte[].class)
        .optional();
  }

  /** Whether it is there; asking does not prolong it. */
  public boolean exists(String id) {
    return jdbc.sql(
            """
            select exists (
              select from dashboard_sessions
              where id_hash = :id and expires_at > now() and seen_at > now() - make_interval(secs => :idle))
            """)
        .param("id", TokenHash.of(id))
        .param("idle", idle.toSeconds())
        .query(Boolean.class)
        .single();
  }

  public void end(String id) {
    jdbc.sql("delete from dashboard_sessions where id_hash = :id")
        .param("id", TokenHash.of(id))
        .update();
  }

  private void sweep() {
    jdbc.sql(
            """
            delete from dashboard_sessions where id_hash in (
              select id_hash from dashboard_sessions where expires_at < now()
              order by expires_at limit :limit for update skip locked)
            """)
        .param("limit", SWEPT_AT_ONCE)
        .update();
  }
}
