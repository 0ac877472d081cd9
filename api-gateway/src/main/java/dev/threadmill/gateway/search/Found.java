package dev.threadmill.gateway.search;

import java.util.List;

/**
 * What one part of a search found.
 *
 * @param complete false: there was no time for more of it
 */
record Found(List<ChunkHit> hits, boolean complete) {
  static Found all(List<ChunkHit> hits) {
    return new Found(hits, true);
  }
}
