package dev.threadmill.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The keys of requests that may be sent twice, in their table. */
@GatewayTest
class IdempotencyKeysIT {
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;
  @Autowired private IdempotencyKeys keys;

  @Test
  void old_keys_are_found_by_an_index_however_many_there_are() {
    String plan =
        transaction.execute(
            status -> {
              // Of a small table all is read, unless nothing else will do.
              jdbc.sql("set local enable_seqscan = off").update();
              return String.join(
                  "\n",
                  jdbc.sql("explain (costs off) " + IdempotencyKeys.DELETE_OLD)
                      .param("limit", 100)
                      .query(String.class)
                      .list());
            });

    assertThat(plan)
        .contains("idempotency_keys_pkey", "idempotency_keys_by_age")
        .doesNotContain("Seq Scan");
  }

  @Test
  void a_key_that_is_a_day_old_may_be_taken_again() {
    byte[] key = new byte[32];
    long number = UUID.randomUUID().getMostSignificantBits();
    for (int i = 0; i < Long.BYTES; i++) {
      key[i] = (byte) (number >> (i * Byte.SIZE));
    }
    assertThat(keys.take(key, null, new byte[32])).isTrue();
    assertThat(keys.take(key, null, new byte[32])).isFalse();
    jdbc.sql(
            "update idempotency_keys set created_at = now() - interval '25 hours' where key_hash = :key")
        .param("key", key)
        .update();

    assertThat(keys.take(key, null, new byte[32])).isTrue();
  }
}
