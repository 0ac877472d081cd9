package dev.threadmill.ingest.store;

import dev.threadmill.ingest.text.Chunk;

/** A chunk that must be there, with the number of its tokens. */
public record WantedChunk(String messageGlobalId, Chunk chunk, int tokens) {}
