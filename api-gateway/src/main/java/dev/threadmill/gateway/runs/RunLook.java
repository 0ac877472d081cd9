package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Follows one run for one reader. An event's id is the fingerprint of what it shows. */
final class RunLook implements LiveStreams.Look {
  private final RunHistory history;
  private final JsonMapper json;
  private final UUID projectId;
  private final UUID runId;
  private @Nullable String seen;

  RunLook(RunHistory history, JsonMapper json, UUID projectId, UUID runId, @Nullable String seen) {
    this.history = history;
    this.json = json;
    this.projectId = projectId;
    this.runId = runId;
    this.seen = seen;
  }

  boolean isSeen(JobRun run) {
    return Fingerprint.of(json, view(run)).equals(seen);
  }

  @Override
  public boolean look(LiveStreams.Out out) throws IOException {
    Optional<JobRun> run = history.find(projectId, runId);
    if (run.isEmpty()) {
      return false;
    }
    RunView view = view(run.get());
    String now = Fingerprint.of(json, view);
    if (!now.equals(seen)) {
      out.send(now, "run", view);
      seen = now;
    }
    return !run.get().status().finished();
  }

  private RunView view(JobRun run) {
    return RunView.of(run, history.lines(projectId, runId), null);
  }
}
