package dev.threadmill.ingest.text;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts text into chunks: after a sentence where that leaves at least half a chunk, else between
 * words, else between characters as readers see them. The same text gives the same chunks.
 */
public final class Chunker {
  /** What comes behind a place may decide whether it is a boundary. */
  private static final int LOOK_AHEAD = 100;

  private final int size;
  private final int shortest;

  /**
   * @param size the most UTF-16 units of a chunk, 2 or more
   * @param shortest a text with fewer gives no chunk; the last chunk of a longer one may have fewer
   */
  public Chunker(int size, int shortest) {
    if (size < 2) {
      throw new IllegalArgumentException("a chunk must hold a surrogate pair: " + size);
    }
    this.size = size;
    this.shortest = shortest;
  }

  public List<Chunk> cut(String text) {
    String whole = text.strip();
    if (whole.isEmpty() || whole.length() < shortest) {
      return List.of();
    }
    List<Chunk> chunks = new ArrayList<>();
    int start = 0;
    while (start < whole.length()) {
      int end = whole.length() - start <= size ? whole.length() : start + cut(whole, start);
      String piece = whole.substring(start, end).strip();
      if (!piece.isEmpty()) {
        chunks.add(Chunk.of(chunks.size(), piece));
      }
      start = end;
    }
    return List.copyOf(chunks);
  }

  /**
   * The length of the chunk that begins at start; there is more text than fits. Boundaries are
   * looked for in the next piece of the text only: the JDK's iterators take time that grows with
   * the whole of what they are given, for each question.
   */
  private int cut(String whole, int start) {
    int end = Math.min(whole.length(), start + size + LOOK_AHEAD);
    return new Boundaries(whole.substring(start, end)).cut(size);
  }

  /** Where a text that is longer than a chunk may be cut. */
  private static final class Boundaries {
    private final String text;
    private final BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
    private final BreakIterator words = BreakIterator.getLineInstance(Locale.ROOT);
    private final BreakIterator graphemes = BreakIterator.getCharacterInstance(Locale.ROOT);

    Boundaries(String text) {
      this.text = text;
      sentences.setText(text);
      words.setText(text);
      graphemes.setText(text);
    }

    int cut(int limit) {
      for (BreakIterator nice : List.of(sentences, words)) {
        int end = lastUpTo(limit, nice);
        if (end >= limit / 2) {
          return end;
        }
      }
      int end = graphemes.isBoundary(limit) ? limit : graphemes.preceding(limit);
      if (end > 0) {
        return end;
      }
      // One grapheme is longer than a chunk: then at least no surrogate pair is torn.
      return Character.isSurrogatePair(text.charAt(limit - 1), text.charAt(limit))
          ? limit - 1
          : limit;
    }

    /** The last boundary up to the limit that does not lie within a grapheme. */
    private int lastUpTo(int limit, BreakIterator kind) {
      int end = kind.isBoundary(limit) ? limit : kind.preceding(limit);
      while (end > 0 && !graphemes.isBoundary(end)) {
        end = kind.preceding(end);
      }
      return end;
    }
  }
}
