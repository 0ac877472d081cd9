package dev.threadmill.gateway.idempotency;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code idempotency_keys}. Each key is kept for a day. Who takes one is its holder for
 * five minutes, and afterwards until another one takes it over.
 */
@Repository
class IdempotencyKeys {
  private static final int DELETED_AT_ONCE = 100;

  /** An array, and not a join: however many keys there are, these are found by the index. */
  static final String DELETE_OLD =
      """
      delete from idempotency_keys where key_hash = any (array(
        select key_hash from idempotency_keys where created_at < now() - interval '1 day'
        order by created_at limit :limit for update skip locked))
      """;

  private final JdbcClient jdbc;

  IdempotencyKeys(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param answer encrypted; null: the request is under way, or was cut off
   * @param lost whether the request changed something, and its time for an answer is over
   */
  record Row(byte[] requestHash, byte @Nullable [] answer, boolean lost) {}

  /**
   * Takes the key, unless somebody has it: then empty. One that was cut off before it did anything
   * gives it up when its time is over. Some keys that are too old go on the way.
   *
   * @return the holder, for what follows
   */
  Optional<UUID> take(byte[] keyHash, @Nullable UUID tokenId, byte[] requestHash) {
    deleteOld(keyHash);
    UUID holder = UUID.randomUUID();
    int taken =
        jdbc.sql(
                """
                insert into idempotency_keys as k (key_hash, token_id, request_hash, holder, lease_until)
                values (:key, :token::uuid, :request, :holder, now() + interval '5 minutes')
                on conflict (key_hash) do update
                set holder = excluded.holder, lease_until = excluded.lease_until, created_at = now()
                where k.answer is null and not k.done and k.lease_until < now() and k.request_hash = excluded.request_hash
                """)
            .param("key", keyHash)
            .param("token", tokenId)
            .param("request", requestHash)
            .param("holder", holder)
            .update();
    return taken == 1 ? Optional.of(holder) : Optional.empty();
  }

  private void deleteOld(byte[] own) {
    jdbc.sql(DELETE_OLD).param("limit", DELETED_AT_ONCE).update();
    jdbc.sql(
            "delete from idempotency_keys where key_hash = :own and created_at < now() - interval '1 day'")
        .param("own", own)
        .update();
  }

  Optional<Row> find(byte[] keyHash) {
    return jdbc.sql(
            """
            select request_hash, answer, done and answer is null and lease_until < now() as lost
            from idempotency_keys where key_hash = :key
            """)
        .param("key", keyHash)
        .query(
            (row, number) ->
                new Row(
                    row.getBytes("request_hash"), row.getBytes("answer"), row.getBoolean("lost")))
        .optional();
  }

  /**
   * Says in the transaction of a change that the request is done.
   *
   * @return whether it may be: false where another holder has taken the key over
   */
  boolean done(byte[] keyHash, UUID holder) {
    return jdbc.sql(
                "update idempotency_keys set done = true where key_hash = :key and holder = :holder")
            .param("key", keyHash)
            .param("holder", holder)
            .update()
        == 1;
  }

  void answered(byte[] keyHash, UUID holder, byte[] answer) {
    jdbc.sql(
            "update idempotency_keys set answer = :answer where key_hash = :key and holder = :holder")
        .param("answer", answer)
        .param("key", keyHash)
        .param("holder", holder)
        .update();
  }

  /** Where nothing was done under this key, it may be used again. */
  void release(byte[] keyHash, UUID holder) {
    jdbc.sql(
            """
            delete from idempotency_keys where key_hash = :key and holder = :holder and answer is null and not done
            """)
        .param("key", keyHash)
        .param("holder", holder)
        .update();
  }
}
