package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.SetAside;
import dev.threadmill.ingest.store.Unanswered;
import dev.threadmill.ingest.store.UnansweredTable;
import dev.threadmill.ingest.store.UnreadState;
import dev.threadmill.ingest.store.Watermark;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Moves the cursor as far as everything is stored, and says what a sync did and what is open. */
@Component
class SourceReport {
  private static final int SHOWN_SET_ASIDE = 20;

  private final ReadingTable reading;
  private final UnansweredTable unanswered;
  private final WatermarkTable watermarks;
  private final PeopleList people;
  private final Reconciliation reconciliation;

  SourceReport(
      ReadingTable reading,
      UnansweredTable unanswered,
      WatermarkTable watermarks,
      PeopleList people,
      Reconciliation reconciliation) {
    this.reading = reading;
    this.unanswered = unanswered;
    this.watermarks = watermarks;
    this.people = people;
    this.reconciliation = reconciliation;
  }

  /**
   * How the run went.
   *
   * @param since up to when everything was listed before
   * @param listed whether the list of what changed since then was read
   * @param failure what ended it, or a part of it
   * @param refused what the token may not read
   */
  record Ending(
      @Nullable Instant since,
      Access access,
      boolean listed,
      @Nullable ChatwootException failure,
      List<String> refused) {}

  SourceResult write(SourceRun run, Ending ending) {
    run.patiently(() -> watermarks.advance(run.source()));
    Watermark watermark = run.patiently(() -> watermarks.find(run.source()));
    UnreadState state = run.patiently(() -> reading.state(run.source().id()));
    Unanswered silent = run.patiently(() -> unanswered.count(run.source().id()));
    List<String> open = whatIsOpen(watermark, state, silent, ending.access());
    open.addAll(ending.refused());
    PeopleMemory contacts = people.memory(run);
    addFailures(open, ending, contacts);
    Instant asOf = earlier(watermark.listing().asOf(), contacts.listedUntil());
    if (asOf == null && open.isEmpty()) {
      open.add("the account was not listed yet; the next run does it");
    }
    boolean complete = open.isEmpty();
    if (complete && asOf != null) {
      run.patiently(() -> watermarks.remember(run.source(), "complete_as_of", asOf));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("source", run.source().watermarkName());
    result.put("since", text(ending.since()));
    result.putAll(run.counts().toMap());
    result.put("requests", run.client().requests());
    long setAside = state.setAside() + silent.failing();
    result.put("set_aside", setAside);
    if (setAside > 0) {
      result.put("set_aside_conversations", setAside(run));
    }
    result.put("conversations_left", state.unread() - state.setAside() + silent.toAsk());
    result.put("cursor_ts", text(watermark.cursorTs()));
    result.put("cursor_id", watermark.cursorId());
    result.put("complete", complete);
    result.put("complete_as_of", complete ? text(asOf) : null);
    result.put("complete_reason", complete ? null : String.join("; ", open));
    result.put("reconciliation", reconciliation(run));
    return sourceResult(run, ending, result, setAside);
  }

  /**
   * A failure makes the run partial where the account's changes were listed all the same, or
   * something of them was stored: who has nothing new must not be suspended for a list of contacts
   * that never answers. Else the run failed.
   */
  private static SourceResult sourceResult(
      SourceRun run, Ending ending, Map<String, Object> result, long setAside) {
    ChatwootException failure = ending.failure();
    boolean inOrder =
        ending.listed()
            || run.counts().of(Count.CONVERSATIONS) + run.counts().of(Count.CONVERSATIONS_LISTED)
                > 0;
    boolean partly = failure != null && failure.kind().ofOneRequest() && inOrder;
    return new SourceResult(
        result,
        run.counts().of(Count.MESSAGES),
        setAside > 0 || partly || !ending.refused().isEmpty(),
        partly ? null : failure);
  }

  private List<SetAside> setAside(SourceRun run) {
    List<SetAside> all = new ArrayList<>();
    run.patiently(() -> all.addAll(reading.setAside(run.source().id(), SHOWN_SET_ASIDE)));
    int left = SHOWN_SET_ASIDE - all.size();
    run.patiently(() -> all.addAll(unanswered.all(run.source().id(), left)));
    return all;
  }

  private Map<String, Object> reconciliation(SourceRun run) {
    Pass pass = reconciliation.memory(run);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("under_way", pass.startedAt() != null);
    map.put("checked", pass.found().checked());
    Pass.Finished last = pass.last();
    if (last != null) {
      map.put("last_finished_at", text(last.finishedAt()));
      map.put("missing", last.found().missing());
      map.put("extra", last.found().extra());
      map.put("changed", last.found().changed());
      map.put("unreadable", last.found().unreadable());
    }
    return map;
  }

  private static List<String> whatIsOpen(
      Watermark watermark, UnreadState state, Unanswered silent, Access access) {
    List<String> open = new ArrayList<>();
    var crawl = watermark.listing().crawl();
    if (crawl != null) {
      open.add(
          "the conversation list is walked up to page %d; the next run goes on (CHATWOOT_PAGES_LIMIT)"
              .formatted(crawl.nextPage() - 1));
    }
    long left = state.unread() - state.setAside();
    if (left > 0) {
      open.add(
          "%d conversations wait for the next run (CHATWOOT_CONVERSATIONS_LIMIT, CHATWOOT_MESSAGES_LIMIT)"
              .formatted(left));
    }
    if (silent.toAsk() > 0) {
      open.add(
          silent.toAsk()
              + " conversations that no page showed are to be asked for; the next run goes on (CHATWOOT_PAGES_LIMIT)");
    }
    long failing = state.setAside() + silent.failing();
    if (failing > 0) {
      open.add(failing + " conversations are set aside and tried again later");
    }
    if (access == Access.AGENT) {
      open.add(
          "the token is an agent's and shows only that agent's inboxes: use an administrator's");
    }
    return open;
  }

  private static void addFailures(List<String> open, Ending ending, PeopleMemory people) {
    if (!people.complete() && ending.failure() == null && ending.refused().isEmpty()) {
      open.add(
          "the contact list is walked up to page %d; the next run goes on (CHATWOOT_PAGES_LIMIT)"
              .formatted(people.nextPage() - 1));
    }
    if (people.missing() > 0) {
      open.add(people.missing() + " contacts are counted there, but no page shows them");
    }
    if (ending.failure() != null) {
      open.addFirst(ending.failure().sentence());
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return null;
    }
    return a.isBefore(b) ? a : b;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
