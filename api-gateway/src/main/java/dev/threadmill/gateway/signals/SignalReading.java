package dev.threadmill.gateway.signals;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.signals.SignalDetail.EvidenceView;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** A project's signals, with the ways back to Chatwoot. */
@Service
public class SignalReading {
  /** What a signal's status can be. */
  public static final List<String> STATUSES = SignalFilter.STATUSES;

  private static final int MOST_EVIDENCE = 200;

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

  /** With the messages that it rests on. */
  public SignalDetail one(UUID project, UUID id) {
    ChatwootLinks links = links(project);
    return signals
        .find(project, id, links)
        .map(
            signal ->
                new SignalDetail(
                    signal,
                    signals
                        .evidence(project, List.of(id), MOST_EVIDENCE, links)
                        .getOrDefault(id, List.of())))
        .orElseThrow(() -> ApiProblem.notFound("signal"));
  }

  /** The newest messages that each of these rests on, at most {@code most} of one. */
  public Map<UUID, List<EvidenceView>> evidence(UUID project, List<SignalView> of, int most) {
    return of.isEmpty()
        ? Map.of()
        : signals.evidence(project, of.stream().map(SignalView::id).toList(), most, links(project));
  }

  private ChatwootLinks links(UUID project) {
    return new ChatwootLinks(sources.ofProject(project));
  }
}
