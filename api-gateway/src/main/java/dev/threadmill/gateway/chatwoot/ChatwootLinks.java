package dev.threadmill.gateway.chatwoot;

import dev.threadmill.core.project.Source;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Addresses of pages in Chatwoot's own dashboard; empty for a source that is gone. */
public final class ChatwootLinks {
  private final Map<UUID, Source> sources;

  /**
   * @param sources of one project
   */
  public ChatwootLinks(List<Source> sources) {
    this.sources = sources.stream().collect(Collectors.toMap(Source::id, Function.identity()));
  }

  public String contact(UUID source, long contact) {
    return in(source, "/contacts/" + contact);
  }

  public String conversation(UUID source, long conversation) {
    return in(source, "/conversations/" + conversation);
  }

  public String message(UUID source, long conversation, long message) {
    return in(source, "/conversations/" + conversation + "?messageId=" + message);
  }

  private String in(UUID id, String path) {
    Source source = sources.get(id);
    return source == null ? "" : source.baseUrl() + "/app/accounts/" + source.accountId() + path;
  }
}
