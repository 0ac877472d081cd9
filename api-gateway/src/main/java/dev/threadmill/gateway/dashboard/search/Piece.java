package dev.threadmill.gateway.dashboard.search;

import dev.threadmill.gateway.search.SearchAnswer.Highlight;
import java.util.ArrayList;
import java.util.List;

/** A piece of a text that is marked as a whole, or not at all. */
record Piece(String text, boolean marked) {
  static List<Piece> of(String text, List<Highlight> highlights) {
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    for (Highlight one : highlights) {
      if (one.start() >= at && one.end() <= text.length()) {
        add(pieces, text.substring(at, one.start()), false);
        add(pieces, text.substring(one.start(), one.end()), true);
        at = one.end();
      }
    }
    add(pieces, text.substring(at), false);
    return pieces;
  }

  private static void add(List<Piece> pieces, String text, boolean marked) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(text, marked));
    }
  }
}
