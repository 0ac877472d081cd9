package dev.threadmill.gateway.dashboard.live;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.count.RowCounts.Counts;
import dev.threadmill.gateway.runs.LiveStreams.Look;
import dev.threadmill.gateway.runs.LiveStreams.Out;
import dev.threadmill.gateway.runs.ProjectLook;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells a page that something changed, not what: {@code run} and {@code counts}. What is to be
 * shown anew, the page asks for.
 */
final class PageLook implements Look {
  /** Looks between two at the counts, which change with each chunk: 2 s. */
  private static final int LOOKS_PER_COUNT = 4;

  private final UUID project;
  private final ProjectLook runs;
  private final RowCounts rowCounts;
  private @Nullable Counts shown;
  private int looks;

  PageLook(UUID project, ProjectLook runs, RowCounts rowCounts) {
    this.project = project;
    this.runs = runs;
    this.rowCounts = rowCounts;
  }

  @Override
  public boolean look(Out out) throws IOException {
    boolean more = runs.look((id, name, run) -> out.send(id, name, Map.of()));
    if (looks++ % LOOKS_PER_COUNT == 0) {
      Counts now = rowCounts.of(project);
      if (shown != null && !now.equals(shown)) {
        out.send(null, "counts", Map.of());
      }
      shown = now;
    }
    return more;
  }
}
