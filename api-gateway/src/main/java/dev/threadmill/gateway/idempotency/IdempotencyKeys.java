package dev.threadmill.gateway.idempotency;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code idempotency_keys}. Each key is kept for a day. */
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
   */
  record Row(byte[] requestHash, byte @Nullable [] answer) {}

  /** Takes the key, unless somebody has it: then false. Some that are too old go on the way. */
  boolean take(byte[] keyHash, @Nullable UUID tokenId, byte[] requestHash) {
    deleteOld(keyHash);
    return jdbc.sql(
                """
                insert into idempotency_keys (key_hash, token_id, request_hash)
                values (:key, :token::uuid, :request) on conflict (key_hash) do nothing
                """)
            .param("key", keyHash)
            .param("token", tokenId)
            .param("request", requestHash)
            .update()
        == 1;
  }

  private void deleteOld(byte[] own) {
    jdbc.sql(DELETE_OLD).param("limit", DELETED_AT_ONCE).update();
    jdbc.sql(
            "delete from idempotency_keys where key_hash = :own and created_at < now() - interval '1 day'")
        .param("own", own)
        .update();
  }

  Optional<Row> find(byte[] keyHash) {
    return jdbc.sql("select request_hash, answer from idempotency_keys where key_hash = :key")
        .param("key", keyHash)
        .query((row, number) -> new Row(row.getBytes("request_hash"), row.getBytes("answer")))
        .optional();
  }

  void answered(byte[] keyHash, byte[] answer) {
    jdbc.sql("update idempotency_keys set answer = :answer where key_hash = :key")
        .param("answer", answer)
        .param("key", keyHash)
        .update();
  }

  /** Nothing was created under this key; it may be used again. */
  void release(byte[] keyHash) {
    jdbc.sql("delete from idempotency_keys where key_hash = :key and answer is null")
        .param("key", keyHash)
        .update();
  }
}
