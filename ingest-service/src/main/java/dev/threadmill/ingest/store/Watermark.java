package dev.threadmill.ingest.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a source is stored.
 *
 * @param cursorTs everything that changed there until then is stored; null before the first crawl
 *     is through
 * @param cursorId the display id of the latest conversation up to {@code cursorTs}
 * @param listing how far its conversations are listed
 */
public record Watermark(@Nullable Instant cursorTs, @Nullable Long cursorId, Listing listing) {
  /**
   * How far the conversations are listed; each listed one has its row.
   *
   * @param listedUntil every change until then is listed, or is the matter of the walk that is
   *     under way; null before the first answer
   * @param crawl a walk over all pages that is not through
   * @param horizon what did not change since then was left out by the first sync; null: nothing
   * @param asOf by the server's clock, when what is listed was all that the account showed: when
   *     the changes were last asked for, or when the last whole walk began, for what changes behind
   *     a walk is not on its pages; null before either
   */
  public record Listing(
      @Nullable Instant listedUntil,
      @Nullable Crawl crawl,
      @Nullable Instant horizon,
      @Nullable Instant asOf) {
    public static final Listing NONE = new Listing(null, null, null, null);

    /** The first listing, of what changed since a time. */
    public static Listing since(Instant time) {
      return new Listing(time, null, time, null);
    }

    /** Whether all pages were read once, be it that some conversations are still asked for. */
    public boolean pagesAreThrough() {
      return listedUntil != null
          && (crawl == null || crawl.since() != null || crawl.probed() != null);
    }

    /** Every change until then is listed, whatever a walk has still to find; null: not known. */
    public @Nullable Instant settledUntil() {
      return crawl == null ? listedUntil : crawl.since();
    }

    public Listing with(@Nullable Crawl newCrawl) {
      return new Listing(listedUntil, newCrawl, horizon, asOf);
    }

    /**
     * Everything is listed that the account showed at {@code when}; an earlier one than known
     * changes nothing.
     */
    public Listing until(@Nullable Instant time, @Nullable Instant when) {
      boolean later = asOf == null || (when != null && when.isAfter(asOf));
      return new Listing(time, crawl, horizon, later ? when : asOf);
    }
  }

  /**
   * A walk over all pages, oldest conversation first.
   *
   * @param begunAt when it began, by the server's clock
   * @param since conversations that did not change since then are left out; null: all
   * @param listedUntil what holds when the walk is through: the latest change seen at its beginning
   * @param nextPage from 1
   * @param passed the latest {@code created_at} seen on the pages so far
   * @param hole where the pages began to fail: what was created since then may be on them; null
   *     while they can be read
   * @param holed whether a page failed, so that conversations may be hidden; null: none did
   * @param probed null while there are pages; then up to which display id gaps were asked for, zero
   *     for none
   */
  public record Crawl(
      @Nullable Instant begunAt,
      @Nullable Instant since,
      @Nullable Instant listedUntil,
      int nextPage,
      @Nullable Instant passed,
      @Nullable Instant hole,
      @Nullable Boolean holed,
      @Nullable Long probed) {
    /** A walk that begins. */
    public static Crawl from(
        Instant begunAt, @Nullable Instant since, @Nullable Instant listedUntil) {
      return new Crawl(begunAt, since, listedUntil, 1, null, null, null, null);
    }

    /** The next page, after one that could be read. */
    public Crawl past(@Nullable Instant newPassed) {
      return new Crawl(begunAt, since, listedUntil, nextPage + 1, newPassed, null, holed, probed);
    }

    /** The next page, after one that fails. */
    public Crawl skipping() {
      Instant from = hole != null ? hole : passed != null ? passed : Instant.EPOCH;
      return new Crawl(begunAt, since, listedUntil, nextPage + 1, passed, from, true, probed);
    }

    /**
     * A page that was to be read once more failed: what was pulled back to it was created later.
     */
    public Crawl withHole() {
      return new Crawl(
          begunAt,
          since,
          listedUntil,
          nextPage,
          passed,
          hole != null ? hole : passed,
          true,
          probed);
    }

    /** Whether conversations may be hidden: then all ids that nobody knows are asked for. */
    public boolean hides() {
      return Boolean.TRUE.equals(holed);
    }

    /** The pages are through; more may come after all. */
    public Crawl through() {
      return probed == null ? probedUpTo(0) : this;
    }

    public Crawl probedUpTo(long id) {
      return new Crawl(begunAt, since, listedUntil, nextPage, passed, null, holed, id);
    }
  }
}
