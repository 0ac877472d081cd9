package dev.threadmill.ingest.store;

/**
 * What is left to read of a source.
 *
 * @param unread conversations whose messages must be read, the ones set aside included
 * @param setAside of those, the ones whose read failed
 */
public record UnreadState(long unread, long setAside) {}
