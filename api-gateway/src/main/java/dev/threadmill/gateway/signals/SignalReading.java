package dev.threadmill.gateway.signals;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** A project's signals, with the ways back to Chatwoot. */
@Service
public class SignalReading {
  private final Signals signals;
  private final Sources sources;

  SignalReading(Signals signals, Sources sources) {
    this.signals = signals;
    this.sources = sources;
  }

  /**
   * Those seen last first, in pages.
   *
   * @throws ApiProblem naming the parameter that can't be
   */
  public Page<SignalView> list(UUID project, SignalsQuery query) {
    int limit = Parameters.limit(query.limit());
    var after =
        Cursor.read(
            query.cursor(),
            keys -> new Signals.Place(Cursor.time(keys[0]), UUID.fromString(keys[1])));
    return Page.of(
        signals.list(project, SignalFilter.of(project, query), after, limit, links(project)),
        limit,
        last -> Cursor.of(last.lastSeenAt(), last.id()));
  }

  SignalDetail one(UUID project, UUID id) {
    ChatwootLinks links = links(project);
    return signals
        .find(project, id, links)
        .map(signal -> new SignalDetail(signal, signals.evidence(project, id, links)))
        .orElseThrow(() -> ApiProblem.notFound("signal"));
  }

  private ChatwootLinks links(UUID project) {
    return new ChatwootLinks(sources.ofProject(project));
  }
}
