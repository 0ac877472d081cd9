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
   * @param listedUntil every change until then is listed; null before the first answer
   * @param updatedWithin whether the server proved to know {@code updated_within}
   * @param crawl a walk over all pages that is not through
   */
  public record Listing(
      @Nullable Instant listedUntil, boolean updatedWithin, @Nullable Crawl crawl) {
    public static final Listing NONE = new Listing(null, false, null);
  }

  /**
   * A walk over all pages, oldest conversation first.
   *
   * @param since conversations that did not change since then are left out; null: all
   * @param listedUntil what holds when the walk is through: the latest change seen at its beginning
   * @param nextPage from 1
   * @param passed the latest {@code created_at} seen on the pages so far
   * @param failedPages how many pages could not be read
   */
  public record Crawl(
      @Nullable Instant since,
      @Nullable Instant listedUntil,
      int nextPage,
      @Nullable Instant passed,
      int failedPages) {}
}
