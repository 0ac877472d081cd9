package dev.threadmill.ingest.store;

import dev.threadmill.ingest.text.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that must be there.
 *
 * @param tokens how many it has
 * @param language by ISO 639-1; null: not sure, or one without stems
 */
public record WantedChunk(
    String messageGlobalId, Chunk chunk, int tokens, @Nullable String language) {}
