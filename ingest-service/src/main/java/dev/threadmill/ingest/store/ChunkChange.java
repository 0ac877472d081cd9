package dev.threadmill.ingest.store;

/**
 * A chunk that waits for its vector because of a write.
 *
 * @param isNew false: it had another text before
 */
public record ChunkChange(
    long id, String messageGlobalId, int index, String textHash, boolean isNew) {}
