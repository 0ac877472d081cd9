package dev.threadmill.gateway.search;

import java.time.Duration;
import java.util.UUID;

/**
 * What one way of looking is to find.
 *
 * @param limit so many chunks at the most
 * @param deadline what is not found by then is left out
 */
record Wanted(UUID projectId, SearchWish wish, String query, int limit, Deadline deadline) {
  Wanted earlier(Duration by) {
    return new Wanted(projectId, wish, query, limit, deadline.earlier(by));
  }
}
