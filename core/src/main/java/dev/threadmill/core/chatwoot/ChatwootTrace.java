package dev.threadmill.core.chatwoot;

import dev.threadmill.core.trace.Traces;
import java.util.regex.Pattern;

/** A request to Chatwoot as a part of a trace. */
public final class ChatwootTrace {
  private static final Pattern ID = Pattern.compile("/\\d+(?=/|$)");

  private ChatwootTrace() {}

  /**
   * Begins the part of one request, until its answer is read.
   *
   * @param path with or without a query, of which nothing is told
   */
  public static Traces.Part begin(Traces traces, String method, String path) {
    return traces
        .begin("chatwoot request")
        .with("threadmill.resource", method + " " + resource(path));
  }

  /** What kind of thing is asked for: as many words as there are calls in the API. */
  static String resource(String path) {
    int query = path.indexOf('?');
    return ID.matcher(query < 0 ? path : path.substring(0, query)).replaceAll("/{id}");
  }
}
