package dev.threadmill.embed;

import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.MessageUpserted;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts projects and chunks into the database, as the ingest service would. */
public final class Rows {
  private static final AtomicLong NUMBERS = new AtomicLong(1);
  private final JdbcClient jdbc;

  public Rows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A project with a conversation to put chunks into. */
  public record Home(UUID projectId, String conversation) {}

  /** A chunk as it stands in the table. */
  public record Chunk(
      long id, String text, String status, int attempts, String error, String model, long fence) {}

  public Home project() {
    long number = NUMBERS.getAndIncrement();
    UUID project =
        jdbc.sql("insert into projects (name) values (:name) returning id")
            .param("name", "project " + number + " " + UUID.randomUUID())
            .query(UUID.class)
            .single();
    UUID source =
        jdbc.sql(
                """
                insert into project_sources (project_id, source_kind, base_url, external_id)
                values (:project, 'chatwoot', :url, '1') returning id
                """)
            .param("project", project)
            .param("url", "http://chatwoot-" + UUID.randomUUID() + ".test")
            .query(UUID.class)
            .single();
    String conversation = "cw:" + project + ":1:1";
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id,
              status, created_at, last_activity_at, data)
            values (:id, :project, :source, 1, 1, 'open', now(), now(), '{}')
            """)
        .param("id", conversation)
        .param("project", project)
        .param("source", source)
        .update();
    return new Home(project, conversation);
  }

  /** A waiting chunk, fresh: the sweep leaves it to its event. */
  public MessageUpserted chunk(Home home, String text) {
    return chunk(home, text, Duration.ZERO);
  }

  /** A waiting chunk that is due since a while. */
  public MessageUpserted chunk(Home home, String text, Duration dueSince) {
    long number = NUMBERS.getAndIncrement();
    String message = "cwmsg:" + home.projectId() + ":1:" + number;
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type,
              content, private, created_at, data)
            values (:id, :project, :conversation, :number, 'incoming', :text, false, now(), '{}')
            """)
        .param("id", message)
        .param("project", home.projectId())
        .param("conversation", home.conversation())
        .param("number", number)
        .param("text", text)
        .update();
    long id =
        jdbc.sql(
                """
                insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text,
                  text_hash, content_tokens, next_attempt_at)
                values (:project, :conversation, :message, 0, :text, :hash, :tokens,
                  now() - make_interval(secs => :since))
                returning id
                """)
            .param("project", home.projectId())
            .param("conversation", home.conversation())
            .param("message", message)
            .param("text", text)
            .param("hash", hash(text))
            .param("tokens", text.length() / 4 + 1)
            .param("since", dueSince.toSeconds())
            .query(Long.class)
            .single();
    return new MessageUpserted(
        UUID.randomUUID(),
        Instant.now(),
        home.projectId(),
        home.conversation(),
        message,
        id,
        0,
        hash(text));
  }

  /** Waiting chunks, many at once, fresh. */
  public List<MessageUpserted> chunks(Home home, List<String> texts) {
    return chunks(home, texts, Duration.ZERO);
  }

  /** Waiting chunks that are due since a while, many at once. */
  public List<MessageUpserted> chunks(Home home, List<String> texts, Duration dueSince) {
    String series = UUID.randomUUID().toString();
    String[] all = texts.toArray(String[]::new);
    String[] hashes = texts.stream().map(Rows::hash).toArray(String[]::new);
    long first = NUMBERS.getAndAdd(all.length);
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type,
              private, created_at, data)
            select 'cwmsg:' || :project::text || ':' || :series || ':' || place, :project, :conversation, :first + place, 'incoming', false, now(), '{}'
            from generate_series(1, :count::integer) place
            """)
        .param("series", series)
        .param("project", home.projectId())
        .param("conversation", home.conversation())
        .param("first", first)
        .param("count", all.length)
        .update();
    return jdbc.sql(
            """
            insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text,
              text_hash, content_tokens, next_attempt_at)
            select :project, :conversation, 'cwmsg:' || :project::text || ':' || :series || ':' || place, 0, text, hash,
              length(text) / 4 + 1, now() - make_interval(secs => :since)
            from unnest(:texts, :hashes) with ordinality given (text, hash, place)
            returning id, message_global_id, text_hash
            """)
        .param("project", home.projectId())
        .param("conversation", home.conversation())
        .param("series", series)
        .param("texts", all)
        .param("since", dueSince.toSeconds())
        .param("hashes", hashes)
        .query(
            (row, number) ->
                new MessageUpserted(
                    UUID.randomUUID(),
                    Instant.now(),
                    home.projectId(),
                    home.conversation(),
                    row.getString("message_global_id"),
                    row.getLong("id"),
                    0,
                    row.getString("text_hash")))
        .list();
  }

  /** Gives a chunk another text, as an edited message does. */
  public void edit(long id, String text) {
    jdbc.sql(
            """
            update rag_chunks
            set text = :text, text_hash = :hash, embedding = null, embedding_model = null,
                embedding_status = 'pending', embedding_fence = embedding_fence + 1, embedding_attempts = 0, embedding_error = null, claimed_by = null, lease_until = null,
                next_attempt_at = now(), updated_at = now()
            where id = :id
            """)
        .param("text", text)
        .param("hash", hash(text))
        .param("id", id)
        .update();
  }

  /** Lets the time of a back-off pass; rows that nobody ever claimed have none. */
  public void makeDue(Home home) {
    jdbc.sql(
            """
            update rag_chunks set next_attempt_at = now()
            where project_id = :project and embedding_status = 'pending' and embedding_fence > 0
            """)
        .param("project", home.projectId())
        .update();
  }

  /** A worker that writes at this moment may be in the way. */
  public void deleteChunks() {
    await()
        .ignoreExceptionsInstanceOf(PessimisticLockingFailureException.class)
        .until(() -> jdbc.sql("delete from rag_chunks").update() >= 0);
  }

  public Chunk read(long id) {
    return jdbc.sql(
            """
            select id, text, embedding_status as status, embedding_attempts as attempts,
              embedding_error as error, embedding_model as model, embedding_fence as fence
            from rag_chunks where id = :id
            """)
        .param("id", id)
        .query(Chunk.class)
        .single();
  }

  public float[] vector(long id) {
    String text =
        jdbc.sql("select embedding::text from rag_chunks where id = :id")
            .param("id", id)
            .query(String.class)
            .single();
    String[] numbers = text.substring(1, text.length() - 1).split(",", -1);
    float[] vector = new float[numbers.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Float.parseFloat(numbers[i]);
    }
    return vector;
  }

  /** How many chunks of a project are in which status. */
  public Map<String, Long> statuses(Home home) {
    return jdbc
        .sql(
            """
            select embedding_status, count(*) as number from rag_chunks
            where project_id = :project group by embedding_status
            """)
        .param("project", home.projectId())
        .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  public List<Long> idsWithStatus(Home home, String status) {
    return jdbc.sql(
            "select id from rag_chunks where project_id = :project and embedding_status = :status order by id")
        .param("project", home.projectId())
        .param("status", status)
        .query(Long.class)
        .list();
  }

  public JdbcClient jdbc() {
    return jdbc;
  }

  public static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
