package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** The messages of campaigns, with the ways back to Chatwoot. */
@Service
public class OutboundReading {
  /** What a message's state can be, in the order of its life. */
  public static final List<String> STATES =
      List.of(
          "waiting", "ready", "sending", "unknown", "sent", "would_send", "failed", "cancelled");

  private final OutboundRows rows;
  private final Contact contacts;
  private final Sources sources;

  OutboundReading(OutboundRows rows, Contact contacts, Sources sources) {
    this.rows = rows;
    this.contacts = contacts;
    this.sources = sources;
  }

  /**
   * The newest first, in pages.
   *
   * @throws ApiProblem naming the parameter that can't be
   */
  public Page<OutboundView> list(UUID project, OutboundQuery query) {
    int limit = Parameters.limit(query.limit());
    var after =
        Cursor.read(
            query.cursor(),
            keys -> new OutboundRows.Place(Cursor.time(keys[0]), UUID.fromString(keys[1])));
    String contact = query.contact() == null ? null : contacts.globalId(project, query.contact());
    var filter =
        new OutboundRows.Filter(
            query.campaign(), Parameters.word("state", query.state(), STATES), contact, after);
    return Page.of(
        rows.list(project, filter, limit, links(project)),
        limit,
        last -> Cursor.of(last.createdAt(), last.id()));
  }

  public OutboundView one(UUID project, UUID id) {
    return rows.find(project, id, links(project)).orElseThrow(() -> ApiProblem.notFound("message"));
  }

  private ChatwootLinks links(UUID project) {
    return new ChatwootLinks(sources.ofProject(project));
  }
}
