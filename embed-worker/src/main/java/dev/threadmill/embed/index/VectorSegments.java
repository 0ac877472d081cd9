package dev.threadmill.embed.index;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.embedding.EmbeddingModel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** The table {@code vector_segments}. Only the worker that holds the builder's lock writes it. */
@Repository
final class VectorSegments {
  private final JdbcClient jdbc;
  private final TransactionOperations transaction;

  /** What was counted last; it stays true until another vector is written. */
  private Map<Place, Found> counts = Map.of();

  VectorSegments(JdbcClient jdbc, TransactionOperations transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /**
   * Projects with enough vectors behind their last segment to think of one more, of the wanted
   * model or the one that answers their searches. Vectors are counted only where there can be so
   * many by now: since the last count no more were written than positions were given out.
   */
  List<FreshPart> freshParts(IndexSettings settings, EmbeddingModel wanted) {
    List<Found> found =
        counted(ends(wanted), settings).stream()
            .filter(part -> part.vectors() >= part.end().atLeast(settings))
            .sorted(Comparator.comparingLong(Found::vectors).reversed())
            .toList();
    return found.stream()
        .map(
            part ->
                new FreshPart(
                    part.end().project(),
                    part.end().model(),
                    part.end().width(),
                    ready(part.end().project(), part.end().model()),
                    part.end().from(),
                    part.end().to(),
                    part.vectors()))
        .toList();
  }

  private record Place(UUID project, int model) {}

  /** From the first position without index to behind the last one written. */
  private record End(UUID project, int model, int width, long from, long to) {
    Place place() {
      return new Place(project, model);
    }

    /** So many vectors are the least that an index is built for. */
    long atLeast(IndexSettings settings) {
      return from == 0 ? settings.exactUpTo(width) : settings.mostFresh();
    }
  }

  private record Found(End end, long vectors) {
    static Found nothingBefore(End end) {
      return new Found(new End(end.project(), end.model(), end.width(), end.from(), end.from()), 0);
    }

    /** Whether that is still so, or there are too few for an index anyway. */
    boolean suffices(End now, IndexSettings settings) {
      boolean noneCameBack = end.from() <= now.from();
      long atMost = vectors + now.to() - end.to();
      return end.equals(now) || (noneCameBack && atMost < now.atLeast(settings));
    }
  }

  private List<End> ends(EmbeddingModel wanted) {
    return jdbc.sql(
            """
            select p.id as project, m.id as model, m.width, sealed.until as from, fresh.until as to
            from projects p cross join embedding_models m
            cross join lateral (
              select coalesce(max(to_position), 0) as until from vector_segments s
              where s.project_id = p.id and s.model_id = m.id and s.state = 'ready') sealed
            cross join lateral (
              select max(position) + 1 as until from rag_vectors v
              where v.project_id = p.id and v.model_id = m.id and v.position >= sealed.until) fresh
            where m.width is not null and fresh.until is not null
              and (m.name = :wanted or exists (select from project_vector_spaces s
                                               where s.project_id = p.id and s.model_id = m.id))
            """)
        .param("wanted", wanted.name())
        .query(End.class)
        .list();
  }

  private synchronized List<Found> counted(List<End> ends, IndexSettings settings) {
    Map<Place, Found> now = new HashMap<>();
    for (End end : ends) {
      Found before = counts.getOrDefault(end.place(), Found.nothingBefore(end));
      now.put(end.place(), before.suffices(end, settings) ? before : counted(end));
    }
    counts = now;
    return List.copyOf(now.values());
  }

  private Found counted(End end) {
    long vectors =
        jdbc.sql(
                """
                select count(*) from rag_vectors
                where project_id = :project and model_id = :model and position >= :from and position < :to
                """)
            .param("project", end.project())
            .param("model", end.model())
            .param("from", end.from())
            .param("to", end.to())
            .query(Long.class)
            .single();
    return new Found(end, vectors);
  }

  private List<Segment> ready(UUID projectId, int modelId) {
    return jdbc.sql(
            """
            select id, project_id, model_id, from_position, to_position, vectors from vector_segments
            where project_id = :project and model_id = :model and state = 'ready' order by from_position
            """)
        .param("project", projectId)
        .param("model", modelId)
        .query(VectorSegments::segment)
        .list();
  }

  Segment begin(SegmentPlan plan) {
    return jdbc.sql(
            """
            insert into vector_segments (project_id, model_id, from_position, to_position, vectors)
            values (:project, :model, :from, :to, :vectors)
            returning id, project_id, model_id, from_position, to_position, vectors
            """)
        .param("project", plan.part().projectId())
        .param("model", plan.part().modelId())
        .param("from", plan.from())
        .param("to", plan.part().to())
        .param("vectors", plan.vectors())
        .query(VectorSegments::segment)
        .single();
  }

  /** From now on searches use the segment instead of those that it absorbs. */
  void finish(Segment built, List<Segment> absorbed) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("update vector_segments set state = 'ready', ready_at = now() where id = :id")
              .param("id", built.id())
              .update();
          jdbc.sql("update vector_segments set state = 'retired' where id = any (:ids)")
              .param("ids", absorbed.stream().map(Segment::id).toArray(Long[]::new))
              .update();
        });
  }

  /** Retires the segments of models that no search of their project will use. */
  void retireUnused(EmbeddingModel wanted) {
    jdbc.sql(
            """
            update vector_segments g set state = 'retired'
            from embedding_models m
            where g.model_id = m.id and g.state = 'ready' and m.name <> :wanted
              and not exists (select from project_vector_spaces s
                              where s.project_id = g.project_id and s.model_id = g.model_id)
            """)
        .param("wanted", wanted.name())
        .update();
  }

  /** Segments whose index is to go: retired ones, and what a builder that died left half-built. */
  List<Segment> leftovers() {
    return jdbc.sql(
            """
            select id, project_id, model_id, from_position, to_position, vectors from vector_segments
            where state <> 'ready'
            """)
        .query(VectorSegments::segment)
        .list();
  }

  void remove(Segment gone) {
    jdbc.sql("delete from vector_segments where id = :id").param("id", gone.id()).update();
  }

  private static Segment segment(ResultSet row, int number) throws SQLException {
    return new Segment(
        row.getLong("id"),
        Columns.uuid(row, "project_id"),
        row.getInt("model_id"),
        row.getLong("from_position"),
        row.getLong("to_position"),
        row.getLong("vectors"));
  }
}
