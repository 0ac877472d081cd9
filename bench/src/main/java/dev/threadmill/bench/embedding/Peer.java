package dev.threadmill.bench.embedding;

import java.util.List;

/** Another way to get texts embedded and into PostgreSQL. */
interface Peer extends AutoCloseable {
  String name();

  /** So many requests are under way at once. */
  int threads();

  /** Embeds and stores all of the texts; returns when they are committed. */
  void embed(List<String> texts) throws Exception;

  /** How many rows with a vector there are. */
  long stored() throws Exception;

  @Override
  void close();
}
