package dev.threadmill.ingest.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the comparison of what is stored with what the account shows has come; kept in {@code
 * sync_watermarks.meta} under {@code reconciliation}, where the status reads {@code last}.
 *
 * @param startedAt of the pass that is under way; null between two passes
 * @param conversation up to which display id it has come
 * @param ids which display ids it asks for; null between two passes
 * @param contactPage the next page of the contact list; 0 when that is through
 * @param contact up to which contact id it has come
 * @param contacts how many of the stored contacts were asked for
 * @param contactsInAll how many there were at its beginning
 * @param found what it found so far
 * @param last the pass before; null when there was none
 */
record Pass(
    @Nullable Instant startedAt,
    long conversation,
    @Nullable Ids ids,
    int contactPage,
    long contact,
    long contacts,
    long contactsInAll,
    Found found,
    @Nullable Finished last) {
  static final Pass NONE = new Pass(null, 0, null, 1, 0, 0, 0, Found.NOTHING, null);

  /**
   * Which display ids a pass asks for.
   *
   * @param gapsAbove above this one all, stored or not; up to it those that are stored
   * @param below how many are stored up to there
   * @param asked how many were asked for
   */
  record Ids(long gapsAbove, long below, long asked) {
    Ids plus(int more) {
      return new Ids(gapsAbove, below, asked + more);
    }
  }

  /** Stores how far a pass has come. */
  @FunctionalInterface
  interface Keeper {
    void keep(Pass pass);
  }

  /**
   * Rows of conversations, messages and contacts.
   *
   * @param checked how many conversations and contacts were compared
   * @param missing shown there, not stored here
   * @param extra stored here, gone there
   * @param changed stored otherwise than shown
   * @param unreadable conversations and contacts that gave no answer, so nothing is known
   */
  record Found(long checked, long missing, long extra, long changed, long unreadable) {
    static final Found NOTHING = new Found(0, 0, 0, 0, 0);

    Found plus(Found other) {
      return new Found(
          checked + other.checked,
          missing + other.missing,
          extra + other.extra,
          changed + other.changed,
          unreadable + other.unreadable);
    }

    static Found differences(long missing, long extra, long changed) {
      return new Found(1, missing, extra, changed, 0);
    }

    static Found unanswered() {
      return new Found(1, 0, 0, 0, 1);
    }
  }

  /** What many threads found. */
  static final class Sum {
    private Found found = Found.NOTHING;

    synchronized void add(Found more) {
      found = found.plus(more);
    }

    synchronized Found found() {
      return found;
    }
  }

  /** A pass that is through; its differences are healed. */
  record Finished(Instant startedAt, Instant finishedAt, Found found) {}

  Pass begin(Instant now, Ids wanted, long allContacts) {
    return new Pass(now, 0, wanted, 1, 0, 0, allContacts, Found.NOTHING, last);
  }

  Pass conversations(long upTo, Ids asked, Found more) {
    return new Pass(
        startedAt,
        upTo,
        asked,
        contactPage,
        contact,
        contacts,
        contactsInAll,
        found.plus(more),
        last);
  }

  Pass contactPage(int next, Found more) {
    return new Pass(
        startedAt,
        conversation,
        ids,
        next,
        contact,
        contacts,
        contactsInAll,
        found.plus(more),
        last);
  }

  Pass contacts(long upTo, long number, Found more) {
    return new Pass(
        startedAt,
        conversation,
        ids,
        contactPage,
        upTo,
        contacts + number,
        contactsInAll,
        found.plus(more),
        last);
  }

  Pass finish(Instant now) {
    Instant started = startedAt == null ? now : startedAt;
    return new Pass(null, 0, null, 1, 0, 0, 0, Found.NOTHING, new Finished(started, now, found));
  }
}
