package dev.threadmill.gateway.dashboard.live;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.session.SessionCookie;
import dev.threadmill.gateway.dashboard.session.Sessions;
import dev.threadmill.gateway.runs.LiveStreams;
import dev.threadmill.gateway.runs.ProjectLook;
import dev.threadmill.gateway.security.Admission;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/** The one stream that an open page has. It ends within seconds when its session does. */
@Controller
class EventsController {
  private final RunHistory history;
  private final RowCounts counts;
  private final LiveStreams streams;
  private final Sessions sessions;
  private final Admission admission;
  private final JsonMapper json;

  EventsController(
      RunHistory history,
      RowCounts counts,
      LiveStreams streams,
      Sessions sessions,
      Admission admission,
      JsonMapper json) {
    this.history = history;
    this.counts = counts;
    this.streams = streams;
    this.sessions = sessions;
    this.admission = admission;
    this.json = json;
  }

  @GetMapping(path = Addresses.OF_PROJECT + "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter events(
      CallerProject project,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastSeen,
      HttpServletRequest request) {
    UUID id = project.id();
    String session = SessionCookie.of(request).orElseThrow();
    return streams.open(
        id,
        () -> sessions.exists(session) && admission.stillKnows(project.caller()),
        new PageLook(id, new ProjectLook(history, json, id, lastSeen), counts));
  }
}
