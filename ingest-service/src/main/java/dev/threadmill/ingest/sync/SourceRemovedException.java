package dev.threadmill.ingest.sync;

/** Somebody removed the source while it was synced: this sync ends, and those of others go on. */
final class SourceRemovedException extends RuntimeException {
  SourceRemovedException() {
    super("the source was removed");
  }
}
