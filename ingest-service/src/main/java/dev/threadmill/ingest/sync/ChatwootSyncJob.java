package dev.threadmill.ingest.sync;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.project.UnreadableSecretException;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.ingest.chatwoot.ChatwootAccount;
import dev.threadmill.ingest.chatwoot.ChatwootClient;
import dev.threadmill.ingest.chatwoot.ChatwootClients;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.Pause;
import dev.threadmill.ingest.source.SourceAccounts;
import dev.threadmill.ingest.storage.StorageBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The job {@code chatwoot_sync}: all sources of a project, one after the other. */
@Component
class ChatwootSyncJob implements JobHandler {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private final Sources sources;
  private final SourceAccounts accounts;
  private final ChatwootClients clients;
  private final SourceSync sync;
  private final StorageBudget storage;
  private final SyncMeters meters;

  ChatwootSyncJob(
      Sources sources,
      SourceAccounts accounts,
      ChatwootClients clients,
      SourceSync sync,
      StorageBudget storage,
      SyncMeters meters) {
    this.sources = sources;
    this.accounts = accounts;
    this.clients = clients;
    this.sync = sync;
    this.storage = storage;
    this.meters = meters;
  }

  @Override
  public JobType jobType() {
    return JobType.CHATWOOT_SYNC;
  }

  @Override
  public Outcome run(RunContext context) {
    List<SourceResult> results = new ArrayList<>();
    for (Source source : sources.ofProject(context.run().projectId())) {
      context.say(source.watermarkName() + ": sync begins");
      SourceResult result = sync(context, source);
      context.say(inWords(result));
      results.add(result);
    }
    if (results.isEmpty()) {
      return Outcome.giveUp(
          "no_source",
          "the project has no Chatwoot source: set CHATWOOT_BASE_URL, CHATWOOT_API_TOKEN and CHATWOOT_ACCOUNT_ID, or add a source to it");
    }
    return outcome(results);
  }

  private SourceResult sync(RunContext context, Source source) {
    Optional<ChatwootAccount> account;
    try {
      account = accounts.accountOf(source);
    } catch (UnreadableSecretException unreadable) {
      return withoutToken(source, Objects.requireNonNull(unreadable.getMessage()));
    }
    if (account.isEmpty()) {
      return withoutToken(source);
    }
    var removal = new RemovalCheck(sources, source.id());
    Runnable mayGoOn =
        () -> {
          context.checkpoint();
          removal.run();
        };
    ChatwootClient client = clients.open(account.get(), Pause.checking(mayGoOn));
    var counts = meters.counts();
    try {
      return sync.sync(run(context, source, client, counts, mayGoOn));
    } catch (SourceRemovedException removed) {
      return ended(source, counts, Objects.requireNonNull(removed.getMessage()));
    }
  }

  /** What it read goes with the source, and is no failure of the run. */
  private static SourceResult ended(Source source, SyncCounts counts, String sentence) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("source", source.watermarkName());
    result.putAll(counts.toMap());
    result.put("complete", false);
    result.put("complete_reason", sentence);
    return new SourceResult(result, counts.of(SyncCounts.Count.MESSAGES), false, null);
  }

  private static String inWords(SourceResult source) {
    Map<String, Object> counts = source.result();
    ChatwootException failure = source.failure();
    return "%s: %s conversations read, %s messages stored, %s chunks new, %s changed; %s"
        .formatted(
            counts.get("source"),
            counts.getOrDefault("conversations", 0),
            source.messages(),
            counts.getOrDefault("chunks_inserted", 0),
            counts.getOrDefault("chunks_reset", 0),
            failure != null
                ? "ended by " + failure.kind().wireName()
                : counts.get("complete") == Boolean.TRUE ? "complete" : "something is left open");
  }

  private SourceRun run(
      RunContext context,
      Source source,
      ChatwootClient client,
      SyncCounts counts,
      Runnable mayGoOn) {
    Runnable checkpoint =
        () -> {
          mayGoOn.run();
          var shown = counts.toMap();
          shown.put("requests", client.requests());
          context.progress(counts.of(SyncCounts.Count.MESSAGES), shown);
        };
    return new SourceRun(source, client, counts, checkpoint, clients.concurrency());
  }

  private static SourceResult withoutToken(Source source) {
    String sentence =
        "there is no token for account %d at %s: give the source an api_token, or set CHATWOOT_BASE_URL and CHATWOOT_API_TOKEN for that server"
            .formatted(source.accountId(), source.baseUrl());
    return withoutToken(source, sentence);
  }

  private static SourceResult withoutToken(Source source, String sentence) {
    return new SourceResult(
        Map.of("source", source.watermarkName(), "complete", false, "complete_reason", sentence),
        0,
        false,
        new ChatwootException(Kind.UNAUTHORIZED, sentence));
  }

  private Outcome outcome(List<SourceResult> results) {
    Map<String, Object> result = new LinkedHashMap<>();
    if (results.size() == 1) {
      result.putAll(results.getFirst().result());
    } else {
      result.put("sources", results.stream().map(SourceResult::result).toList());
      result.put(
          "complete",
          results.stream()
              .allMatch(source -> Boolean.TRUE.equals(source.result().get("complete"))));
    }
    result.put("storage", storage.measure().toMap());
    List<ChatwootException> failures =
        results.stream().map(SourceResult::failure).filter(Objects::nonNull).toList();
    if (failures.size() == results.size()) {
      return ended(failures.getFirst(), result);
    }
    boolean partial = !failures.isEmpty() || results.stream().anyMatch(SourceResult::partial);
    long messages = results.stream().mapToLong(SourceResult::messages).sum();
    return partial ? Outcome.partial(messages, result) : Outcome.done(messages, result);
  }

  /** Only the throttle is worth waiting for; everything else the next scheduled run tries again. */
  private static Outcome ended(ChatwootException failure, Map<String, Object> result) {
    if (failure.kind() == Kind.RATE_LIMITED) {
      Duration after = Objects.requireNonNullElse(failure.retryAfter(), A_MINUTE);
      return new Outcome.RetryLater(after, failure.kind().wireName(), failure.sentence(), result);
    }
    return new Outcome.GiveUp(
        failure.kind().wireName(), failure.sentence(), result, failure.retryAfter());
  }
}
