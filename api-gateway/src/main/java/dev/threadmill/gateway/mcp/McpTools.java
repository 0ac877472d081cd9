package dev.threadmill.gateway.mcp;

import dev.threadmill.gateway.conversations.ConversationView;
import dev.threadmill.gateway.conversations.MessageView;
import dev.threadmill.gateway.conversations.Reading;
import dev.threadmill.gateway.health.ContactHealth;
import dev.threadmill.gateway.health.HealthDetail;
import dev.threadmill.gateway.health.HealthScoreView;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.search.HybridSearch;
import dev.threadmill.gateway.search.SearchAnswer;
import dev.threadmill.gateway.search.SearchWish;
import dev.threadmill.gateway.signals.SignalReading;
import dev.threadmill.gateway.signals.SignalView;
import dev.threadmill.gateway.signals.SignalsQuery;
import dev.threadmill.gateway.status.ProjectStatus;
import dev.threadmill.gateway.status.StatusView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What agents may ask. Nothing here writes. */
@Component
class McpTools {
  private static final int DEFAULT_MESSAGES = 50;
  private static final int MAX_MESSAGES = 200;
  private static final int DAYS_OF_HEALTH = 30;
  private static final int DEFAULT_CONTACTS = 10;
  private static final int MAX_CONTACTS = 50;

  /** Of one message; agents pay for what they read. */
  private static final int MAX_TEXT = 4000;

  private final HybridSearch search;
  private final Reading reading;
  private final ProjectStatus status;
  private final ContactHealth health;
  private final SignalReading signals;

  McpTools(
      HybridSearch search,
      Reading reading,
      ProjectStatus status,
      ContactHealth health,
      SignalReading signals) {
    this.search = search;
    this.reading = reading;
    this.status = status;
    this.health = health;
    this.signals = signals;
  }

  SearchAnswer search(UUID project, SearchWish wish) {
    return search.search(project, wish);
  }

  /**
   * @param id the global id or Chatwoot's number
   * @param afterMessageId the last message that is known already
   */
  record ConversationWish(
      @Nullable String id, @Nullable Long afterMessageId, @Nullable Integer limit) {}

  /**
   * @param more whether there are messages after the last of these
   */
  record Transcript(ConversationView conversation, List<Said> messages, boolean more) {}

  /**
   * @param sender {@code contact} or {@code agent}
   * @param cut whether only the beginning of the text is here
   */
  record Said(
      long messageId,
      String sender,
      @Nullable String name,
      Instant createdAt,
      String text,
      boolean cut,
      String link) {}

  Transcript conversation(UUID project, ConversationWish wish) {
    int limit = wish.limit() == null ? DEFAULT_MESSAGES : wish.limit();
    if (wish.id() == null || limit < 1 || limit > MAX_MESSAGES) {
      throw ApiProblem.invalid("'id' must be given, and 'limit' be 1 to " + MAX_MESSAGES + ".");
    }
    ConversationView conversation = reading.conversation(project, wish.id());
    // One more than wanted tells whether there are more.
    List<MessageView> said = reading.said(project, conversation, wish.afterMessageId(), limit + 1);
    return new Transcript(
        conversation, said.stream().limit(limit).map(McpTools::said).toList(), said.size() > limit);
  }

  private static Said said(MessageView message) {
    String content = message.content() == null ? "" : message.content();
    MessageView.Sender sender = message.sender();
    return new Said(
        message.messageId(),
        message.messageType().equals("incoming") ? "contact" : "agent",
        sender == null ? null : sender.name(),
        message.createdAt(),
        content.length() > MAX_TEXT ? content.substring(0, MAX_TEXT) : content,
        content.length() > MAX_TEXT,
        message.link());
  }

  Page<SignalView> signals(UUID project, SignalsQuery query) {
    return signals.list(project, query);
  }

  /** The part of the status that tells an agent how far to trust an answer. */
  record PipelineStatus(
      boolean healthy,
      List<String> problems,
      StatusView.RagCounts ragCounts,
      StatusView.Backlog backlog,
      StatusView.Entities entities,
      StatusView.ScheduleCounts schedules,
      List<StatusView.SyncState> sync) {}

  PipelineStatus status(UUID project) {
    StatusView all = status.of(project);
    return new PipelineStatus(
        all.healthy(),
        all.problems(),
        all.ragCounts(),
        all.backlog(),
        all.entities(),
        all.schedules(),
        all.sync());
  }

  /**
   * @param contact the global id or Chatwoot's number; absent: the worst of all
   */
  record HealthWish(@Nullable String contact, @Nullable Integer limit) {}

  /**
   * @param contact null where none was named
   * @param worst empty where a contact was named
   */
  record CustomerHealth(@Nullable HealthDetail contact, List<HealthScoreView> worst) {}

  CustomerHealth health(UUID project, HealthWish wish) {
    if (wish.contact() != null) {
      return new CustomerHealth(health.of(project, wish.contact(), DAYS_OF_HEALTH), List.of());
    }
    int limit = wish.limit() == null ? DEFAULT_CONTACTS : wish.limit();
    if (limit < 1 || limit > MAX_CONTACTS) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MAX_CONTACTS + ".");
    }
    return new CustomerHealth(null, health.worst(project, limit));
  }
}
