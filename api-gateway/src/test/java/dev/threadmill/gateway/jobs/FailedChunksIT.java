package dev.threadmill.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Chunks that could not be embedded, in their table. */
@GatewayTest
class FailedChunksIT {
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;

  @Test
  void a_batch_of_them_is_read_where_it_begins_and_sorts_nothing() {
    var project = new Rows(jdbc).project;
    String plan =
        transaction.execute(
            status -> {
              // Few rows are read and sorted as quickly; of many only this way is cheap.
              jdbc.sql(
                      "select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)")
                  .query((row, number) -> row.getString(1))
                  .list();
              return String.join(
                  "\n",
                  jdbc.sql("explain (costs off) " + FailedChunks.RETRY)
                      .param("project", project)
                      .param("error", null)
                      .param("after", 0L)
                      .param("limit", 1000)
                      .query(String.class)
                      .list());
            });

    assertThat(plan).contains("rag_chunks_failed").doesNotContain("Sort", "Seq Scan");
  }
}
