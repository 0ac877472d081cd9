package dev.threadmill.embed.claim;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The models that rows are embedded with ({@code embedding_models}) and the one that answers each
 * project's searches ({@code project_vector_spaces}).
 *
 * <p>Whether there is a row of a project and model is asked by "the first in the order of an
 * index": for {@code exists} the planner reads the whole table where few projects have most of its
 * rows.
 */
@Repository
public final class VectorSpaces {
  /** Of so many rows one may fail in the new model before the old one is given up for it. */
  private static final int FAILED_SHARE = 20;

  private final JdbcClient jdbc;

  public VectorSpaces(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A project whose searches are still answered by another model than the wanted one. */
  public record Outdated(UUID projectId, int modelId) {}

  /**
   * Makes this model the wanted one; of several workers with different ones the last to start wins.
   */
  public void want(EmbeddingModel model) {
    jdbc.sql(
            """
            insert into embedding_models as m (name) values (:name)
            on conflict (name) do update set wanted_since = clock_timestamp()
            where m.wanted_since < (select max(wanted_since) from embedding_models)
            """)
        .param("name", model.name())
        .update();
  }

  /** The model that the worker started last was configured with. */
  public Optional<EmbeddingModel> wanted() {
    return jdbc.sql("select name from embedding_models order by wanted_since desc, id desc limit 1")
        .query((row, number) -> new EmbeddingModel(row.getString("name")))
        .optional();
  }

  /**
   * The number of a model.
   *
   * @return empty when stored vectors of this model have another width than this one
   */
  public Optional<Integer> id(EmbeddingModel model, int width) {
    jdbc.sql(
            """
            insert into embedding_models as m (name, width, wanted_since) values (:name, :width, '-infinity')
            on conflict (name) do update set width = excluded.width where m.width is null
            """)
        .param("name", model.name())
        .param("width", width)
        .update();
    return jdbc.sql("select id from embedding_models where name = :name and width = :width")
        .param("name", model.name())
        .param("width", width)
        .query(Integer.class)
        .optional();
  }

  /**
   * Projects with ready rows of another model than this one, however they came by them: the model
   * was changed back, or a worker of the former model wrote last.
   */
  public List<UUID> withOtherModels(EmbeddingModel model) {
    return jdbc.sql(
            """
            select distinct p.id
            from embedding_models m
            cross join lateral (
              select from rag_chunks c where c.embedding_status = 'ready' and c.embedding_model = m.name
              order by c.project_id, c.id limit 1) anywhere
            cross join projects p
            cross join lateral (
              select from rag_chunks c
              where c.embedding_status = 'ready' and c.embedding_model = m.name and c.project_id = p.id
              order by c.id limit 1) first
            where m.name <> :model
            order by p.id
            """)
        .param("model", model.name())
        .query(UUID.class)
        .list();
  }

  /** Names the wanted model for projects that have vectors for the first time. */
  public void begin(EmbeddingModel model) {
    jdbc.sql(
            """
            insert into project_vector_spaces (project_id, model_id)
            select p.id, m.id from projects p cross join embedding_models m
            cross join lateral (
              select from rag_vectors v where v.project_id = p.id and v.model_id = m.id
              order by v.position limit 1) first
            where m.name = :model and not exists (select from project_vector_spaces s where s.project_id = p.id)
            on conflict do nothing
            """)
        .param("model", model.name())
        .update();
  }

  public List<Outdated> outdated(EmbeddingModel model) {
    return jdbc.sql(
            """
            select s.project_id, s.model_id from project_vector_spaces s
            join embedding_models m on m.id = s.model_id where m.name <> :model
            order by s.project_id
            """)
        .param("model", model.name())
        .query(
            (row, number) ->
                new Outdated(row.getObject("project_id", UUID.class), row.getInt("model_id")))
        .list();
  }

  /** Whether each row of the project that can have its vector of this model has it. */
  public boolean isComplete(UUID projectId, EmbeddingModel model) {
    return jdbc.sql(
            """
            select not exists (
                select from rag_chunks c where c.project_id = :project
                  and c.embedding_status in ('pending', 'processing'))
              and not exists (
                select from embedding_models o join rag_chunks c on c.embedding_model = o.name
                where o.name <> :model and c.project_id = :project and c.embedding_status = 'ready')
            """)
        .param("project", projectId)
        .param("model", model.name())
        .query(Boolean.class)
        .single();
  }

  /**
   * Searches of the project go to this model from now on, if each row that can have its vector has
   * it, and those that failed, and would be lost to search, are few: one in twenty at most. Counts
   * rows of the project, so it is not to be asked all the time.
   */
  public boolean switchIfComplete(UUID projectId, EmbeddingModel model) {
    return jdbc.sql(
                """
                update project_vector_spaces s set model_id = m.id, since = now() from embedding_models m
                where s.project_id = :project and m.name = :model and not exists (
                  select from rag_chunks c where c.project_id = :project
                    and c.embedding_status in ('pending', 'processing'))
                and not exists (
                  select from embedding_models o join rag_chunks c on c.embedding_model = o.name
                  where o.name <> :model and c.project_id = :project and c.embedding_status = 'ready')
                and (
                  select count(*) from rag_chunks c join rag_vectors v on v.chunk_id = c.id and v.model_id = s.model_id
                  where c.project_id = :project and c.embedding_status = 'failed') * :share <= (
                  select count(*) from rag_chunks c
                  where c.project_id = :project and c.embedding_status = 'ready' and c.embedding_model = :model)
                """)
            .param("project", projectId)
            .param("model", model.name())
            .param("share", FAILED_SHARE)
            .update()
        > 0;
  }

  /**
   * Deletes vectors of models that no search of their project needs any more.
   *
   * @return how many were deleted; less than the limit when none is left
   */
  public int forget(UUID projectId, int modelId, int limit) {
    return jdbc.sql(
            """
            delete from rag_vectors v using (
              select chunk_id, model_id from rag_vectors
              where project_id = :project and model_id = :model
                and not exists (select from project_vector_spaces s
                                where s.project_id = :project and s.model_id = :model)
              limit :limit) old
            where v.chunk_id = old.chunk_id and v.model_id = old.model_id
            """)
        .param("project", projectId)
        .param("model", modelId)
        .param("limit", limit)
        .update();
  }

  /** Models of which a project has vectors that its searches do not use, and will not. */
  public List<Outdated> abandoned(EmbeddingModel wanted) {
    return jdbc.sql(
            """
            select s.project_id, m.id as model_id from project_vector_spaces s join embedding_models m on m.id <> s.model_id
            cross join lateral (
              select from rag_vectors v where v.project_id = s.project_id and v.model_id = m.id
              order by v.position limit 1) first
            where m.name <> :wanted
            """)
        .param("wanted", wanted.name())
        .query(
            (row, number) ->
                new Outdated(row.getObject("project_id", UUID.class), row.getInt("model_id")))
        .list();
  }
}
