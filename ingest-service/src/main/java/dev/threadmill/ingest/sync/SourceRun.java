package dev.threadmill.ingest.sync;

import dev.threadmill.core.project.Source;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.ingest.chatwoot.ChatwootClient;

/** One source within one run. */
record SourceRun(
    Source source, ChatwootClient client, RunContext context, SyncCounts counts, int concurrency) {
  /** Ends the run where it must not go on, and shows how far it is. */
  void checkpoint() {
    context.checkpoint();
    var shown = counts.toMap();
    shown.put("requests", client.requests());
    context.progress(counts.of(SyncCounts.Count.MESSAGES), shown);
  }
}
