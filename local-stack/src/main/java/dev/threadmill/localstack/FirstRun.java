package dev.threadmill.localstack;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes a new stack down the whole path once: sync, embeddings, a search. Speaks to people on the
 * terminal.
 */
final class FirstRun {

  private static final String QUESTION = "the parcel arrived damaged and I want a refund";
  private static final int MOST_RUNS = 100;
  private static final int LONGEST_TEXT = 160;
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final GatewayClient gateway;
  private final Map<String, String> variables;
  private final Consumer<String> terminal;
  private final String project;

  /**
   * @param variables the values of {@code stack.env}
   */
  FirstRun(Map<String, String> variables, Consumer<String> terminal) {
    this.variables = variables;
    this.terminal = terminal;
    this.project = variables.getOrDefault("PROJECT_ID", "");
    this.gateway = new GatewayClient(url(), token());
  }

  /**
   * Syncs until nothing is left, waits for the embeddings, and asks a question.
   *
   * @throws IllegalStateException with the reason, when a run fails or nothing moves any more
   */
  void run() {
    sync();
    JsonNode status = awaitEmbeddings();
    JsonNode entities = status.path("entities");
    JsonNode counts = status.path("rag_counts");
    terminal.accept(
        "synced %d conversations, %d messages, %d contacts; embedded %d chunks%s"
            .formatted(
                entities.path("conversations").asLong(),
                entities.path("messages").asLong(),
                entities.path("contacts").asLong(),
                counts.path("ready").asLong(),
                counts.path("failed").asLong() == 0
                    ? ""
                    : ", %d failed".formatted(counts.path("failed").asLong())));
    search();
  }

  private void sync() {
    terminal.accept("syncing the Chatwoot account");
    for (int i = 0; i < MOST_RUNS; i++) {
      JsonNode run = finished(gateway.post("/jobs/chatwoot/sync?wait=60", project, ""));
      String status = run.path("status").asString("");
      if (status.equals("failed") || status.equals("cancelled")) {
        throw new IllegalStateException(
            "the sync %s: %s".formatted(status, run.path("error").asString("no reason given")));
      }
      // What a run leaves because of a limit is done by the next one.
      if (run.path("result").path("complete").asBoolean(status.equals("ok"))) {
        return;
      }
      JsonNode result = run.path("result");
      terminal.accept(
          "synced %d messages; %s"
              .formatted(
                  result.path("messages").asLong(),
                  result.path("complete_reason").asString("going on")));
    }
    throw new IllegalStateException("the sync is not complete after %d runs".formatted(MOST_RUNS));
  }

  private JsonNode finished(JsonNode answer) {
    JsonNode run = answer;
    while (isUnfinished(run)) {
      String id = run.path("run_id").asString(run.path("id").asString(""));
      terminal.accept("the sync goes on (%s)".formatted(run.path("status").asString("")));
      LockSupport.parkNanos(POLL.toNanos());
      run = gateway.get("/jobs/runs/" + id, project);
    }
    return run;
  }

  private static boolean isUnfinished(JsonNode run) {
    String status = run.path("status").asString("");
    return status.equals("queued") || status.equals("running");
  }

  private JsonNode awaitEmbeddings() {
    long lastLeft = -1;
    long lastMove = System.nanoTime();
    while (true) {
      JsonNode status = gateway.get("/jobs/status", project);
      JsonNode counts = status.path("rag_counts");
      long left = counts.path("pending").asLong() + counts.path("processing").asLong();
      if (left == 0) {
        return status;
      }
      if (left != lastLeft) {
        terminal.accept(
            "embedding: %d of %d chunks"
                .formatted(counts.path("ready").asLong(), counts.path("ready").asLong() + left));
        lastLeft = left;
        lastMove = System.nanoTime();
      } else if (System.nanoTime() - lastMove > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "%d chunks wait to be embedded and nothing moves; the embed workers' logs say why"
                .formatted(left));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private void search() {
    String body = new JsonMapper().writeValueAsString(Map.of("query", QUESTION, "top_k", 3));
    JsonNode answer = gateway.post("/search", project, body);
    terminal.accept("");
    terminal.accept("A search:");
    terminal.accept(
        "  curl -s %s/search -H 'Authorization: Bearer %s' -H 'X-Project-Id: %s' -H 'Content-Type: application/json' -d '%s'"
            .formatted(url(), token(), project, body));
    for (JsonNode hit : hits(answer)) {
      String text = hit.path("text").asString("").replaceAll("\\s+", " ");
      terminal.accept(
          "  %.3f  %s"
              .formatted(
                  hit.path("score").asDouble(),
                  text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text));
    }
  }

  private static JsonNode hits(JsonNode answer) {
    for (JsonNode part : answer) {
      if (part.isArray()) {
        return part;
      }
    }
    throw new IllegalStateException("the search answered without a list of hits");
  }

  private String url() {
    return variables.getOrDefault("THREADMILL_URL", "");
  }

  private String token() {
    return variables.getOrDefault("API_TOKEN", "");
  }
}
