package dev.threadmill.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import java.security.SecureRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The keys of requests that may be sent twice, in their table. */
@GatewayTest
class IdempotencyKeysIT {
  private static final byte[] REQUEST = new byte[32];

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
    byte[] key = key();
    assertThat(keys.take(key, null, REQUEST)).isPresent();
    assertThat(keys.take(key, null, REQUEST)).isEmpty();
    set(key, "created_at = now() - interval '25 hours'");

    assertThat(keys.take(key, null, REQUEST)).isPresent();
  }

  @Test
  void who_was_too_slow_changes_nothing_once_the_key_is_taken_over() {
    byte[] key = key();
    UUID slow = keys.take(key, null, REQUEST).orElseThrow();
    set(key, "lease_until = now() - interval '1 second'");
    UUID next = keys.take(key, null, REQUEST).orElseThrow();

    assertThat(keys.done(key, slow)).isFalse();
    keys.release(key, slow);
    keys.answered(key, slow, new byte[] {1});
    assertThat(keys.done(key, next)).isTrue();
    assertThat(keys.find(key).orElseThrow().answer()).isNull();
  }

  @Test
  void a_key_is_not_taken_over_by_another_request_nor_where_its_own_was_done() {
    byte[] other = key();
    keys.take(other, null, REQUEST);
    set(other, "lease_until = now() - interval '1 second'");
    assertThat(keys.take(other, null, key())).isEmpty();

    byte[] done = key();
    keys.done(done, keys.take(done, null, REQUEST).orElseThrow());
    set(done, "lease_until = now() - interval '1 second'");
    assertThat(keys.take(done, null, REQUEST)).isEmpty();
  }

  /** A connection that breaks at a commit tells the gateway that it failed. */
  @Test
  void a_change_that_was_committed_keeps_its_key_though_the_gateway_believes_that_it_failed() {
    byte[] key = key();
    UUID holder = keys.take(key, null, REQUEST).orElseThrow();
    transaction.executeWithoutResult(status -> keys.done(key, holder));

    keys.release(key, holder);

    assertThat(keys.take(key, null, REQUEST)).isEmpty();
    assertThat(keys.find(key).orElseThrow().lost()).as("the answer may be on its way").isFalse();
    set(key, "lease_until = now() - interval '1 second'");
    assertThat(keys.take(key, null, REQUEST)).isEmpty();
    assertThat(keys.find(key).orElseThrow().lost()).isTrue();
  }

  @Test
  void a_change_that_was_taken_back_leaves_its_key_free() {
    byte[] key = key();
    UUID holder = keys.take(key, null, REQUEST).orElseThrow();
    transaction.executeWithoutResult(
        status -> {
          keys.done(key, holder);
          status.setRollbackOnly();
        });

    keys.release(key, holder);

    assertThat(keys.find(key)).isEmpty();
  }

  private void set(byte[] key, String what) {
    jdbc.sql("update idempotency_keys set " + what + " where key_hash = :key")
        .param("key", key)
        .update();
  }

  private static byte[] key() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return key;
  }
}
