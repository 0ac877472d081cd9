package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.page.Parameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an export is written. */
enum ExportFormat {
  NDJSON("ndjson", "application/x-ndjson"),
  CSV("csv", "text/csv; charset=utf-8; header=present");

  private final String word;
  private final String mediaType;

  ExportFormat(String word, String mediaType) {
    this.word = word;
    this.mediaType = mediaType;
  }

  static ExportFormat of(@Nullable String word) {
    return CSV.word.equals(Parameters.word("format", word, List.of(NDJSON.word, CSV.word)))
        ? CSV
        : NDJSON;
  }

  String mediaType() {
    return mediaType;
  }

  String fileName() {
    return "conversations." + word;
  }
}
