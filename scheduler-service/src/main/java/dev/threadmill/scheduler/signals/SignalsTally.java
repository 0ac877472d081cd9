package dev.threadmill.scheduler.signals;

import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run did, as its progress and result tell it. */
final class SignalsTally {
  private final RunContext context;
  private long conversations;
  private long messages;
  private long vectors;
  private long contacts;
  private long outdated;
  private long setAside;
  private Written written = Written.NOTHING;
  private boolean left;
  private @Nullable String meaningOff;

  SignalsTally(RunContext context) {
    this.context = context;
  }

  void checkpoint() {
    context.checkpoint();
  }

  void conversations(int count, ConversationPass.Result result) {
    conversations += count;
    messages += result.read();
    add(result.written());
  }

  /** What some messages of a conversation keep from being done. */
  void messagesFailed(String conversation, int count) {
    setAside("conversation " + conversation + " with " + count + " messages that can't be read");
  }

  void outdated(long count) {
    outdated += count;
  }

  void vectors(int count, Written more) {
    vectors += count;
    add(more);
  }

  void contacts(int count, Written more) {
    contacts += count;
    add(more);
  }

  private void add(Written more) {
    written = written.and(more);
    context.progress(conversations + contacts, counts());
  }

  void setAside(String what) {
    setAside++;
    context.say(what + " is set aside for a while");
  }

  void meaningOff(String why) {
    meaningOff = why;
    context.say("by words alone: " + why);
  }

  void left(boolean some) {
    left = some;
  }

  Outcome outcome() {
    Map<String, Object> result = new LinkedHashMap<>(counts());
    result.put("left", left);
    if (meaningOff != null) {
      result.put("meaning_off", meaningOff);
    }
    return setAside > 0
        ? Outcome.partial(conversations + contacts, result)
        : Outcome.done(conversations + contacts, result);
  }

  private Map<String, Object> counts() {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("conversations", conversations);
    counts.put("messages", messages);
    counts.put("vectors", vectors);
    counts.put("contacts_due", contacts);
    counts.put("signals_new", written.begun());
    counts.put("signals_changed", written.changed());
    counts.put("signals_removed", written.removed());
    counts.put("outdated", outdated);
    counts.put("set_aside", setAside);
    return counts;
  }
}
