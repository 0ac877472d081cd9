package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.project.UnreadableSecretException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ways to the accounts of one run. One that can't be written to is closed for the rest of it,
 * and the others go on.
 */
final class SendingLines {
  /** So many requests in a row whose outcome nobody knows, and the account is left alone. */
  private static final int DOUBTS = 3;

  private final Sources sources;
  private final SendingAccounts accounts;
  private final ChatwootSender sender;
  private final CampaignCounts counts;
  private final Runnable checkpoint;
  private final Map<UUID, Optional<SendingAccount>> open = new HashMap<>();
  private final Set<UUID> closed = new HashSet<>();
  private final Map<UUID, Integer> doubts = new HashMap<>();
  private final Set<URI> turns = new HashSet<>();

  SendingLines(
      Sources sources,
      SendingAccounts accounts,
      ChatwootSender sender,
      CampaignCounts counts,
      Runnable checkpoint) {
    this.sources = sources;
    this.accounts = accounts;
    this.sender = sender;
    this.counts = counts;
    this.checkpoint = checkpoint;
  }

  /** The account of a source; empty when nothing can be sent through it in this run. */
  Optional<SendingAccount> to(@Nullable UUID source) {
    return source == null ? Optional.empty() : open.computeIfAbsent(source, this::account);
  }

  private Optional<SendingAccount> account(UUID id) {
    Optional<Source> source = sources.find(id);
    if (source.isEmpty()) {
      return Optional.empty();
    }
    String sentence =
        "there is no token for account %d at %s: give the source an api_token, or set CHATWOOT_BASE_URL and CHATWOOT_API_TOKEN for that server"
            .formatted(source.get().accountId(), source.get().baseUrl());
    try {
      Optional<SendingAccount> account = accounts.of(source.get());
      if (account.isPresent()) {
        return account;
      }
    } catch (UnreadableSecretException unreadable) {
      sentence = Objects.requireNonNull(unreadable.getMessage());
    }
    closed.add(id);
    counts.trouble(new SendAnswer.NotNow("chatwoot_unauthorized", sentence, null));
    return Optional.empty();
  }

  /** Sources through which nothing more goes in this run. */
  Set<UUID> closed() {
    return closed;
  }

  /** Whether accounts were asked for, and none of them can be written to. */
  boolean allClosed() {
    return !open.isEmpty() && open.values().stream().allMatch(Optional::isEmpty);
  }

  /** Nothing more goes through it in this run. */
  void close(UUID source, SendAnswer.NotNow why) {
    open.put(source, Optional.empty());
    closed.add(source);
    counts.trouble(why);
  }

  /** A request was answered, or nobody knows what became of it. */
  void clear(UUID source, boolean known) {
    if (known) {
      doubts.remove(source);
    } else if (doubts.merge(source, 1, Integer::sum) >= DOUBTS) {
      close(
          source,
          new SendAnswer.NotNow(
              "chatwoot_unavailable",
              "Chatwoot did not answer %d messages in a row: they are looked for before anything is sent again"
                  .formatted(DOUBTS),
              null));
    }
  }

  /** Waits for the next request's turn, outside of any claim; one that was not used is kept. */
  void awaitTurn(SendingAccount account) {
    if (!turns.add(account.baseUrl())) {
      return;
    }
    long end = System.nanoTime() + sender.turn(account.baseUrl()).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      checkpoint.run();
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, Duration.ofSeconds(1).toNanos()));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for Chatwoot", stopped);
      }
    }
  }

  /** The turn was used. */
  void used(SendingAccount account) {
    turns.remove(account.baseUrl());
  }
}
