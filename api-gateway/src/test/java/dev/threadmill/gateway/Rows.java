package dev.threadmill.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pgvector.PGvector;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows as the other services write them. Each project is new, so tests do not see each other's. */
public final class Rows {
  private static final AtomicLong NUMBERS = new AtomicLong(1000);
  private static final String MODEL = "text-embedding-3-small";

  private final JdbcClient jdbc;
  public final UUID project;
  public final UUID source;
  private final long account = NUMBERS.incrementAndGet();

  public Rows(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.project =
        jdbc.sql("insert into projects (name) values (:name) returning id")
            .param("name", "project " + UUID.randomUUID())
            .query(UUID.class)
            .single();
    this.source =
        jdbc.sql(
                """
                insert into project_sources (project_id, source_kind, base_url, external_id)
                values (:project, 'chatwoot', 'https://chat.example.com', :account) returning id
                """)
            .param("project", project)
            .param("account", Long.toString(account))
            .query(UUID.class)
            .single();
  }

  public long account() {
    return account;
  }

  public String token(String scope, @Nullable UUID ofProject, String expires) {
    String token = "token-" + UUID.randomUUID();
    jdbc.sql(
            """
            insert into api_tokens (name, prefix, token_hash, scope, project_id, expires_at)
            values ('a test', 'token-', :hash, :scope, :project::uuid, now() + :expires::interval)
            """)
        .param("hash", sha256(token))
        .param("scope", scope)
        .param("project", ofProject)
        .param("expires", expires)
        .update();
    return token;
  }

  public long conversation(String status, String... labels) {
    long id = NUMBERS.incrementAndGet();
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, labels,
              inbox_id, channel, created_at, last_activity_at, data)
            values (:id, :project, :source, :account, :number, :status, :labels, 7, 'Channel::Email', now(), now(), '{}')
            """)
        .param("id", conversationId(id))
        .param("project", project)
        .param("source", source)
        .param("account", account)
        .param("number", id)
        .param("status", status)
        .param("labels", labels)
        .update();
    return id;
  }

  /** The conversation is of a contact with an e-mail address. */
  public void contactOf(long conversation, long contact) {
    String id = "cwc:" + project + ":" + account + ":" + contact;
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, email, data)
            values (:id, :project, :source, :account, :number, 'somebody@example.com', '{}')
            """)
        .param("id", id)
        .param("project", project)
        .param("source", source)
        .param("account", account)
        .param("number", contact)
        .update();
    jdbc.sql("update cw_conversations set contact_global_id = :contact where global_id = :id")
        .param("contact", id)
        .param("id", conversationId(conversation))
        .update();
  }

  public long message(long conversation, String type, boolean isPrivate, String created) {
    long id = NUMBERS.incrementAndGet();
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
              created_at, data)
            values (:id, :project, :conversation, :number, :type, :private, now() + :created::interval, '{}')
            """)
        .param("id", messageId(id))
        .param("project", project)
        .param("conversation", conversationId(conversation))
        .param("number", id)
        .param("type", type)
        .param("private", isPrivate)
        .param("created", created)
        .update();
    return id;
  }

  public void chunk(long conversation, long message, int index, String text, boolean ready) {
    jdbc.sql(
            """
            insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
              content_tokens, embedding, embedding_status, embedding_model)
            values (:project, :conversation, :message, :index, :text, :hash, 5, :embedding::vector,
              case when :ready then 'ready' else 'pending' end, case when :ready then :model end)
            """)
        .param("project", project)
        .param("conversation", conversationId(conversation))
        .param("message", messageId(message))
        .param("index", index)
        .param("text", text)
        .param("hash", HexFormat.of().formatHex(sha256(text)))
        .param(
            "embedding",
            ready
                ? new PGvector(GatewayServers.PROVIDER.vectorFor(MODEL, 1536, text)).toString()
                : null)
        .param("ready", ready)
        .param("model", MODEL)
        .update();
    copyForSearch();
  }

  /** What the embed worker does with each vector it writes. */
  private void copyForSearch() {
    jdbc.sql(
            "insert into embedding_models (name, width) values (:model, 1536) on conflict do"
                + " nothing")
        .param("model", MODEL)
        .update();
    jdbc.sql(
            """
            insert into rag_vectors (chunk_id, model_id, project_id, embedding)
            select c.id, m.id, c.project_id, c.embedding::halfvec
            from rag_chunks c join embedding_models m on m.name = c.embedding_model
            where c.project_id = :project and c.embedding_status = 'ready'
            on conflict do nothing
            """)
        .param("project", project)
        .update();
  }

  /**
   * Puts an index over the project's vectors from one place to another, as the embed worker does.
   */
  public void seal(int from, int to) {
    List<Long> positions =
        jdbc.sql("select position from rag_vectors where project_id = :project order by position")
            .param("project", project)
            .query(Long.class)
            .list();
    long first = from == 0 ? 0 : positions.get(from);
    long last = positions.get(to);
    long segment =
        jdbc.sql(
                """
                insert into vector_segments (project_id, model_id, from_position, to_position, vectors, state)
                select :project, id, :from, :to, :vectors, 'ready' from embedding_models where name = :model
                returning id
                """)
            .param("project", project)
            .param("model", MODEL)
            .param("from", first)
            .param("to", last)
            .param("vectors", to - from)
            .query(Long.class)
            .single();
    int model =
        jdbc.sql("select id from embedding_models where name = :model")
            .param("model", MODEL)
            .query(Integer.class)
            .single();
    jdbc.sql(
            """
            create index rag_vectors_hnsw_%d on rag_vectors using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops)
            where project_id = '%s' and model_id = %d and position >= %d and position < %d
            """
                .formatted(segment, project, model, first, last))
        .update();
  }

  /** A customer's message in a conversation of its own, ready to be found. */
  public long found(String text) {
    long conversation = conversation("open");
    long message = message(conversation, "incoming", false, "0");
    chunk(conversation, message, 0, text, true);
    return message;
  }

  /** The same in a language that was recognised. */
  public long found(String text, String language) {
    long message = found(text);
    jdbc.sql("update rag_chunks set language = :language where message_global_id = :message")
        .param("language", language)
        .param("message", messageId(message))
        .update();
    return message;
  }

  public void delete(long message) {
    jdbc.sql("update cw_messages set deleted_at = now() where global_id = :id")
        .param("id", messageId(message))
        .update();
  }

  private String conversationId(long id) {
    return "cw:" + project + ":" + account + ":" + id;
  }

  private String messageId(long id) {
    return "cwmsg:" + project + ":" + account + ":" + id;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
