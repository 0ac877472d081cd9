package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Erasure;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Wants something to be erased; the wish and its note in the audit log are one transaction. */
@Component
public class ErasureRequests {
  private final Sources sources;
  private final Erasures erasures;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ErasureRequests(
      Sources sources, Erasures erasures, AuditLog audit, TransactionTemplate transaction) {
    this.sources = sources;
    this.erasures = erasures;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Ends the sync of a source at once and erases all that it brought. */
  public Erasure removeSource(UUID project, UUID id, Actor actor) {
    Source source =
        sources.ofProject(project).stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(() -> ApiProblem.notFound("source"));
    return erase(source, Kind.SOURCE, source.accountId(), actor);
  }

  /** Erasures of sources that are under way or were, the newest first. */
  public List<Erasure> ofSources(UUID project, int most) {
    return erasures.ofProject(project, most).stream()
        .filter(one -> one.kind() == Kind.SOURCE)
        .toList();
  }

  Erasure erase(Source source, Kind kind, long number, Actor actor) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Erasures.Wish wanted =
                  erasures
                      .request(source, kind, number, actor.caller().name())
                      .orElseThrow(() -> ApiProblem.notFound("source"));
              if (wanted.isNew()) {
                audit.write(
                    actor,
                    new Change(
                        source.projectId(),
                        kind.wireName() + ".erase",
                        source.id() + ":" + number,
                        null,
                        Map.of("erasure_id", wanted.erasure().id())));
              }
              return wanted.erasure();
            }));
  }
}
