package dev.threadmill.bench.embedding;

import com.pgvector.PGvector;
import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.localstack.openai.OpenAiSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The most that can be had: rows are read in batches, sixteen requests are under way, base64 is
 * decoded by hand, vectors are updated in binary, a hundred in one transaction. No claims, no
 * events, no reuse, no checks, and a table with a primary key alone.
 */
final class Ceiling implements Peer {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int THREADS = 16;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HikariDataSource pool;
  private final URI embeddings;
  private final Map<String, Long> numbers = new HashMap<>();

  Ceiling(HikariDataSource pool, URI provider) throws SQLException {
    this.pool = pool;
    this.embeddings = URI.create(provider + "/embeddings");
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create extension if not exists vector");
    }
  }

  @Override
  public String name() {
    return "ceiling by hand";
  }

  @Override
  public int threads() {
    return THREADS;
  }

  @Override
  public void embed(List<String> texts) throws Exception {
    Batches.each(texts, THREADS, this::embedBatch);
  }

  /** Fills the table that {@link #embed} updates; not part of what is measured. */
  void prepare(List<String> texts) throws SQLException {
    numbers.clear();
    texts.forEach(text -> numbers.put(text, (long) numbers.size()));
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement();
        var insert =
            connection.prepareStatement(
                "insert into ceiling (id, text) select n - 1, t from unnest(?) with ordinality as x (t, n)")) {
      statement.execute("drop table if exists ceiling");
      statement.execute(
          "create table ceiling (id bigint primary key, text text, embedding vector)");
      insert.setArray(1, connection.createArrayOf("text", texts.toArray()));
      insert.execute();
      statement.execute("vacuum analyze ceiling");
    }
  }

  private void embedBatch(List<String> batch)
      throws SQLException, IOException, InterruptedException {
    Map<String, Long> ids = new HashMap<>();
    List<String> texts = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        var select =
            connection.prepareStatement("select id, text from ceiling where id >= ? and id < ?")) {
      long first = numbers.getOrDefault(batch.getFirst(), 0L);
      select.setLong(1, first);
      select.setLong(2, first + batch.size());
      read(select, ids, texts);
    }
    write(ids, texts, ask(texts));
  }

  private static void read(
      java.sql.PreparedStatement select, Map<String, Long> ids, List<String> texts)
      throws SQLException {
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        ids.put(rows.getString(2), rows.getLong(1));
        texts.add(rows.getString(2));
      }
    }
  }

  private List<float[]> ask(List<String> texts) throws IOException, InterruptedException {
    String body =
        JSON.writeValueAsString(
            Map.of("model", EmbeddingBench.MODEL, "input", texts, "encoding_format", "base64"));
    HttpRequest request =
        HttpRequest.newBuilder(embeddings)
            .header("Authorization", "Bearer " + OpenAiSettings.KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    JsonNode data =
        JSON.readTree(http.send(request, BodyHandlers.ofByteArray()).body()).path("data");
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (JsonNode one : data) {
      byte[] bytes = Base64.getDecoder().decode(one.path("embedding").asString());
      float[] vector = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
      vectors.add(vector);
    }
    return vectors;
  }

  private void write(Map<String, Long> ids, List<String> texts, List<float[]> vectors)
      throws SQLException {
    try (Connection connection = pool.getConnection()) {
      binary(connection);
      connection.setAutoCommit(false);
      try (var update =
          connection.prepareStatement("update ceiling set embedding = ? where id = ?")) {
        for (int i = 0; i < texts.size(); i++) {
          update.setObject(1, new PGvector(vectors.get(i)));
          update.setLong(2, ids.getOrDefault(texts.get(i), -1L));
          update.addBatch();
        }
        update.executeBatch();
        connection.commit();
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void binary(Connection connection) throws SQLException {
    PgConnection postgres = (PgConnection) connection.unwrap(PGConnection.class);
    int type = postgres.getTypeInfo().getPGType("vector");
    if (!postgres.getQueryExecutor().useBinaryForSend(type)) {
      postgres.getQueryExecutor().addBinarySendOid(type);
    }
  }

  @Override
  public HikariDataSource pool() {
    return pool;
  }

  @Override
  public String table() {
    return "ceiling";
  }

  @Override
  public String text() {
    return "text";
  }
}
