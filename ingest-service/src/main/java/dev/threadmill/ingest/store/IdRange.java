package dev.threadmill.ingest.store;

/** The lowest and the highest of some ids, both included; zeros when there are none. */
public record IdRange(long lowest, long highest) {}
