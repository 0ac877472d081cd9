package dev.threadmill.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Tokens in their table. */
@GatewayTest
class ApiTokensIT {
  @Autowired private JdbcClient jdbc;
  @Autowired private ApiTokens tokens;
  @Autowired private TransactionTemplate transaction;

  @Test
  void tokens_that_nobody_can_use_any_more_are_none() {
    transaction.executeWithoutResult(
        status -> {
          status.setRollbackOnly();
          jdbc.sql("update api_tokens set revoked_at = now()").update();
          var rows = new Rows(jdbc);
          rows.token("admin", null, "-1 second");
          assertThat(tokens.isEmpty()).isTrue();

          rows.token("admin", null, "1 hour");
          assertThat(tokens.isEmpty()).isFalse();
        });
  }
}
