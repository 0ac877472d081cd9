package dev.threadmill.ingest.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** PostgreSQL's own account of its sizes: it looks at files, not at rows. */
@Repository
class StorageSizes {
  private final JdbcClient jdbc;

  StorageSizes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  long databaseBytes() {
    return jdbc.sql("select pg_database_size(current_database())").query(Long.class).single();
  }

  /** Bytes per table with its indexes, largest first. */
  Map<String, Long> tableBytes() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    jdbc.sql(
            """
            select relname, pg_total_relation_size(relid) as bytes from pg_stat_user_tables
            where schemaname = current_schema() order by bytes desc, relname
            """)
        .query(
            row -> {
              sizes.put(row.getString("relname"), row.getLong("bytes"));
            });
    return sizes;
  }
}
