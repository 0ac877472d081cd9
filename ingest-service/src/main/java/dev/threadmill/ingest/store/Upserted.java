package dev.threadmill.ingest.store;

/** What an upsert wrote; rows that would not change are in neither number. */
public record Upserted(int inserted, int changed) {
  public static final Upserted NOTHING = new Upserted(0, 0);

  public int total() {
    return inserted + changed;
  }
}
