package dev.threadmill.scheduler.signals;

import java.util.Arrays;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows of a project's account as the sync and the embed worker write them. */
final class Account {
  static final int WIDTH = 16;

  final UUID project;
  private final JdbcClient jdbc;
  private final UUID source;
  private int number;

  Account(JdbcClient jdbc, UUID project) {
    this.jdbc = jdbc;
    this.project = project;
    this.source =
        jdbc.sql(
                """
                insert into project_sources (project_id, source_kind, base_url, external_id)
                values (:project, 'chatwoot', 'https://chat.example.com', (select 1 + count(*) from project_sources))
                returning id
                """)
            .param("project", project)
            .query(UUID.class)
            .single();
  }

  String contact() {
    String id = "cwc:" + project + ":1:" + ++number;
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
            values (:id, :project, :source, 1, :number, '{}')
            """)
        .param("id", id)
        .param("project", project)
        .param("source", source)
        .param("number", number)
        .update();
    return id;
  }

  String conversation(String contact) {
    String id = "cw:" + project + ":1:" + ++number;
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              contact_global_id, created_at, last_activity_at, data)
            values (:id, :project, :source, 1, :number, 'open', :contact, now(), now(), '{}')
            """)
        .param("id", id)
        .param("project", project)
        .param("source", source)
        .param("number", number)
        .param("contact", contact)
        .update();
    return id;
  }

  String message(String conversation, String text) {
    return message(conversation, text, "incoming", "0");
  }

  /**
   * @param when such as {@code -3 days}
   */
  String message(String conversation, String text, String type, String when) {
    String id = "cwmsg:" + project + ":1:" + ++number;
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
              private, created_at, data)
            values (:id, :project, :conversation, :number, :type, :text, false, now() + :when::interval, '{}')
            """)
        .param("id", id)
        .param("project", project)
        .param("conversation", conversation)
        .param("number", number)
        .param("type", type)
        .param("text", text)
        .param("when", when)
        .update();
    return id;
  }

  /** What the sync does to a message: it has a new content. */
  void change(String message, String assignments) {
    jdbc.sql("update cw_messages set changed_at = now(), " + assignments + " where global_id = :id")
        .param("id", message)
        .update();
  }

  void changeConversation(String conversation, String assignments) {
    jdbc.sql(
            "update cw_conversations set changed_at = clock_timestamp(), "
                + assignments
                + " where global_id = :id")
        .param("id", conversation)
        .update();
  }

  /** The vector that points along one axis, and a little along another. */
  static String vector(int axis, double other) {
    double[] numbers = new double[WIDTH];
    numbers[axis] = 1;
    numbers[WIDTH - 1] = other;
    return Arrays.toString(numbers).replace(" ", "");
  }

  /** The chunk of a message with its vector, and the project is searched with its model. */
  void vector(String message, String text, String model, String vector) {
    jdbc.sql(
            "insert into embedding_models (name, width) values (:model, :width) on conflict do nothing")
        .param("model", model)
        .param("width", WIDTH)
        .update();
    long chunk =
        jdbc.sql(
                """
                insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
                  content_tokens)
                select project_id, conversation_global_id, global_id, 0, :text,
                  encode(sha256(convert_to(:text, 'UTF8')), 'hex'), 5
                from cw_messages where global_id = :message
                on conflict (message_global_id, chunk_index) do update
                set text = excluded.text, text_hash = excluded.text_hash
                returning id
                """)
            .param("text", text)
            .param("message", message)
            .query(Long.class)
            .single();
    jdbc.sql(
            """
            insert into rag_vectors (chunk_id, model_id, project_id, embedding)
            select :chunk, id, :project, :vector::halfvec from embedding_models where name = :model
            """)
        .param("chunk", chunk)
        .param("project", project)
        .param("vector", vector)
        .param("model", model)
        .update();
    jdbc.sql(
            """
            insert into project_vector_spaces (project_id, model_id)
            select :project, id from embedding_models where name = :model
            on conflict (project_id) do update set model_id = excluded.model_id
            """)
        .param("project", project)
        .param("model", model)
        .update();
  }
}
