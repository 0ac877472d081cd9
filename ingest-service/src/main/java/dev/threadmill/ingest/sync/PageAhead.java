package dev.threadmill.ingest.sync;

import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationPage;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The pages of a walk, the next one asked for while the last one is stored. */
final class PageAhead implements AutoCloseable {
  /**
   * A page as it was shown.
   *
   * @param askedAt noted before it was asked for
   */
  record Answer(ConversationPage page, Instant askedAt) {}

  private record Asked(int number, CompletableFuture<Answer> page) {}

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SourceRun run;
  private final ListedPages pages;
  private @Nullable Asked ahead;

  PageAhead(SourceRun run, ListedPages pages) {
    this.run = run;
    this.pages = pages;
  }

  Answer page(int number) throws ChatwootException {
    Asked asked = ahead;
    ahead = null;
    if (asked == null || asked.number() != number) {
      return read(number);
    }
    try {
      return asked.page().join();
    } catch (CompletionException failed) {
      switch (failed.getCause()) {
        case Failure failure -> throw failure.cause;
        // Such as the run's end, noticed while the request waited.
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw failed;
      }
    }
  }

  /** Asks for a page that will be wanted next. */
  void ask(int number) {
    ahead =
        new Asked(
            number,
            CompletableFuture.supplyAsync(
                Traces.carried(
                    () -> {
                      try {
                        return read(number);
                      } catch (ChatwootException failure) {
                        throw new Failure(failure);
                      }
                    }),
                threads));
  }

  private Answer read(int number) throws ChatwootException {
    Instant askedAt = pages.now(run);
    return new Answer(run.client().conversations(ConversationSort.CREATED_FIRST, number), askedAt);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }

  /** Carries the failure to who wants the page. */
  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final ChatwootException cause;

    Failure(ChatwootException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
