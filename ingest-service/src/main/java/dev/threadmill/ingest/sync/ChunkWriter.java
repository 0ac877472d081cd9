package dev.threadmill.ingest.sync;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.MessagePayload;
import dev.threadmill.ingest.store.ChunkChange;
import dev.threadmill.ingest.store.ChunkTable;
import dev.threadmill.ingest.store.GlobalIds;
import dev.threadmill.ingest.store.WantedChunk;
import dev.threadmill.ingest.text.Chunk;
import dev.threadmill.ingest.text.Chunker;
import dev.threadmill.ingest.text.Languages;
import dev.threadmill.ingest.text.MessageText;
import dev.threadmill.ingest.text.Tokens;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Makes the chunks of messages what their texts say, touching only those that differ. */
@Component
class ChunkWriter {
  private final Chunker chunker;
  private final Tokens tokens;
  private final Languages languages;
  private final ChunkTable table;

  ChunkWriter(Chunker chunker, Tokens tokens, Languages languages, ChunkTable table) {
    this.chunker = chunker;
    this.tokens = tokens;
    this.languages = languages;
    this.table = table;
  }

  /**
   * What was changed.
   *
   * @param waiting chunks that are new or have another text
   */
  record Changes(List<ChunkChange> waiting, int removed) {}

  /** What the texts of messages say their chunks are. Takes time, so not within a transaction. */
  Map<String, List<Chunk>> cut(Source source, Collection<MessagePayload> messages) {
    Map<String, List<Chunk>> wanted = new HashMap<>();
    for (MessagePayload message : messages) {
      wanted.put(GlobalIds.message(source, message.id()), chunker.cut(MessageText.of(message)));
    }
    return wanted;
  }

  /**
   * @param cut chunks of messages as they are now
   * @param gone messages that have no text any more
   */
  Changes write(
      Source source,
      String conversationGlobalId,
      Map<String, List<Chunk>> cut,
      Collection<String> gone) {
    Map<String, List<Chunk>> wanted = new HashMap<>(cut);
    gone.forEach(message -> wanted.put(message, List.of()));
    Map<String, Map<Integer, String>> stored = table.hashes(wanted.keySet());
    List<WantedChunk> different = new ArrayList<>();
    Map<String, Integer> keep = new HashMap<>();
    wanted.forEach(
        (message, chunks) -> {
          Map<Integer, String> hashes = stored.getOrDefault(message, Map.of());
          for (Chunk chunk : chunks) {
            if (!chunk.hash().equals(hashes.get(chunk.index()))) {
              different.add(wanted(message, chunk));
            }
          }
          if (hashes.size() > chunks.size()) {
            keep.put(message, chunks.size());
          }
        });
    int removed = table.removeSurplus(keep);
    return new Changes(table.put(source.projectId(), conversationGlobalId, different), removed);
  }

  private WantedChunk wanted(String message, Chunk chunk) {
    return new WantedChunk(message, chunk, tokens.count(chunk.text()), languages.of(chunk.text()));
  }
}
