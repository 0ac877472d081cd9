package dev.threadmill.ingest.store;

/**
 * How many conversations of a source wait in {@code sync_unanswered}.
 *
 * @param toAsk nobody asked for yet
 * @param failing gave no answer so far
 */
public record Unanswered(long toAsk, long failing) {}
