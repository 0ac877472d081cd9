package dev.threadmill.gateway.health;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.health.HealthQuery.Filter;
import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** How a project's contacts are, with the ways back to Chatwoot. */
@Service
public class ContactHealth {
  private final HealthScores scores;
  private final Sources sources;

  ContactHealth(HealthScores scores, Sources sources) {
    this.scores = scores;
    this.sources = sources;
  }

  /**
   * In pages.
   *
   * @throws ApiProblem naming the parameter that can't be
   */
  public Page<HealthScoreView> list(UUID project, HealthQuery query) {
    int limit = Parameters.limit(query.limit());
    return Page.of(list(project, query.filter(), limit), limit, query::cursor);
  }

  private List<HealthScoreView> list(UUID project, Filter filter, int limit) {
    return scores.list(project, filter, limit, links(project));
  }

  /** The worst, at most {@code limit}. */
  public List<HealthScoreView> worst(UUID project, int limit) {
    return list(project, new Filter(0, 100, false, null), limit);
  }

  /**
   * @param id the contact's global id or Chatwoot's number
   * @param days of history
   * @throws ApiProblem when the project has no such contact, or it has no score
   */
  public HealthDetail of(UUID project, String id, int days) {
    GlobalId wanted = GlobalId.read("cwc", project, id);
    HealthScores.Found found =
        GlobalId.only(
            wanted == null ? List.of() : scores.find(project, wanted, links(project)),
            "contact with a health score");
    return new HealthDetail(
        found.health(),
        found.formula(),
        found.factors(),
        scores.history(found.health().contact().globalId(), days));
  }

  private ChatwootLinks links(UUID project) {
    return new ChatwootLinks(sources.ofProject(project));
  }
}
