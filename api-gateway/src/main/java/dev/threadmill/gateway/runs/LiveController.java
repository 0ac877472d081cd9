package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events: {@code run} whenever a run changed. */
@RestController
@RequestMapping(path = "/jobs", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
class LiveController {
  private static final String LAST_SEEN = "Last-Event-ID";

  private final RunHistory history;
  private final LiveStreams streams;
  private final JsonMapper json;

  LiveController(RunHistory history, LiveStreams streams, JsonMapper json) {
    this.history = history;
    this.streams = streams;
    this.json = json;
  }

  /**
   * One run, with its last lines, until it is finished. Who has seen its end already gets 204, upon
   * which browsers stop coming back.
   */
  @ApiResponse(responseCode = "200", description = "OK", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "204", description = "Its end was seen.", content = @Content)
  @GetMapping("/runs/{id}/events")
  ResponseEntity<SseEmitter> run(
      CallerProject project,
      @PathVariable UUID id,
      @RequestHeader(name = LAST_SEEN, required = false) @Nullable String lastSeen) {
    JobRun run = history.find(project.id(), id).orElseThrow(() -> ApiProblem.notFound("run"));
    var look = new RunLook(history, json, project.id(), id, lastSeen);
    return run.status().finished() && look.isSeen(run)
        ? ResponseEntity.noContent().build()
        : ResponseEntity.ok(streams.open(project.id(), project.caller(), look));
  }

  /**
   * All runs of the project, from now on; with {@code Last-Event-ID} also those that finished since
   * then, up to ten minutes ago. One that finished just then may come twice.
   */
  @GetMapping("/events")
  SseEmitter project(
      CallerProject project,
      @RequestHeader(name = LAST_SEEN, required = false) @Nullable String lastSeen) {
    var look = new ProjectLook(history, json, project.id(), lastSeen);
    return streams.open(project.id(), project.caller(), look);
  }
}
