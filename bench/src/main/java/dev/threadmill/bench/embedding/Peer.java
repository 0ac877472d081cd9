package dev.threadmill.bench.embedding;

import java.util.List;

/** Another way to get texts embedded and into PostgreSQL. */
interface Peer extends AutoCloseable {
  String name();

  /** Embeds and stores all of the texts; returns when they are committed. */
  void embed(List<String> texts) throws Exception;

  /** How many rows with a vector there are. */
  long stored() throws Exception;

  @Override
  void close();
}
