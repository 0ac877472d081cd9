package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Filters, counts, order and pages of the conversation list. */
final class ConversationList {
  private static final List<String> PRIORITIES = List.of("low", "medium", "high", "urgent");
  private static final int CACHED = 32;

  /** Everything that decides on rows and order; the version tells whether the rows are still so. */
  private record Key(
      long version, long userId, Map<String, List<String>> query, long salt, String part) {}

  private final ChatwootAccount account;
  private final ServerSettings settings;

  /** Sorting ten thousand rows again for each page would be the slowest part of a crawl. */
  private final Map<Key, List<Conversation>> cache =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, List<Conversation>> eldest) {
              return size() > CACHED;
            }
          });

  ConversationList(ChatwootAccount account, ServerSettings settings) {
    this.account = account;
    this.settings = settings;
  }

  /** The rows of the asked page, or all rows when {@code updated_within} switches pages off. */
  List<Conversation> page(Request request, Tokens.Access access) {
    long page = Math.max(1, Request.number(request.param("page")));
    List<Conversation> sorted =
        cached(
            request,
            access,
            page % 3,
            "sorted",
            () ->
                filtered(request, access).stream()
                    .filter(assignee(request, access))
                    .sorted(order(request, page % 3))
                    .toList());
    String within = request.param("updated_within");
    if (within != null && settings.updatedWithin()) {
      Instant since = account.clock().instant().minusSeconds(Request.number(within));
      return sorted.stream().filter(c -> c.updatedAt().isAfter(since)).toList();
    }
    int size = settings.conversationsPerPage();
    return sorted.stream().skip((page - 1) * size).limit(size).toList();
  }

  /** Counts follow all filters but the one by assignee. */
  Map<String, Object> counts(Request request, Tokens.Access access) {
    List<Conversation> rows = filtered(request, access);
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("mine_count", count(rows, c -> Objects.equals(c.assigneeId(), access.userId())));
    counts.put("assigned_count", count(rows, c -> c.assigneeId() != null));
    counts.put("unassigned_count", count(rows, c -> c.assigneeId() == null));
    counts.put("all_count", rows.size());
    return counts;
  }

  private static long count(List<Conversation> rows, Predicate<Conversation> which) {
    return rows.stream().filter(which).count();
  }

  private List<Conversation> filtered(Request request, Tokens.Access access) {
    return cached(
        request,
        access,
        0,
        "filtered",
        () ->
            account.conversations().all().stream()
                .filter(c -> access.sees(c.inboxId()))
                .filter(filter(request))
                .toList());
  }

  private List<Conversation> cached(
      Request request,
      Tokens.Access access,
      long salt,
      String part,
      Supplier<List<Conversation>> rows) {
    Map<String, List<String>> query = new LinkedHashMap<>(request.query());
    query.remove("page");
    query.remove("updated_within");
    Key key = new Key(account.version(), access.userId(), query, salt, part);
    List<Conversation> known = cache.get(key);
    if (known == null) {
      known = rows.get();
      cache.put(key, known);
    }
    return known;
  }

  private Predicate<Conversation> filter(Request request) {
    Predicate<Conversation> filter = c -> true;
    String q = request.param("q");
    String status = request.param("status");
    if (q != null) {
      filter = filter.and(c -> mentions(c, q.toLowerCase(Locale.ROOT)));
    } else if (!"all".equals(status)) {
      filter = filter.and(c -> c.status().equals(status == null ? "open" : status));
    }
    String inbox = request.param("inbox_id");
    if (inbox != null) {
      filter = filter.and(c -> c.inboxId() == Request.number(inbox));
    }
    String team = request.param("team_id");
    if (team != null) {
      if (!account.desk().teams().containsKey(Request.number(team))) {
        throw new Answer.Refusal(Answer.error(404, "Resource could not be found"));
      }
      filter = filter.and(c -> Objects.equals(c.teamId(), Request.number(team)));
    }
    List<String> labels = request.params("labels");
    if (!labels.isEmpty()) {
      filter = filter.and(c -> c.labels().stream().anyMatch(labels::contains));
    }
    if ("unattended".equals(request.param("conversation_type"))) {
      filter = filter.and(c -> c.firstReplyCreatedAt() == null || c.waitingSince() != null);
    }
    return filter;
  }

  private boolean mentions(Conversation conversation, String text) {
    return account.messages().of(conversation.id()).stream()
        .filter(m -> m.type() == MessageType.INCOMING || m.type() == MessageType.OUTGOING)
        .anyMatch(m -> m.content() != null && m.content().toLowerCase(Locale.ROOT).contains(text));
  }

  private static Predicate<Conversation> assignee(Request request, Tokens.Access access) {
    String type = request.param("assignee_type");
    return switch (type == null ? "" : type) {
      case "me" -> c -> Objects.equals(c.assigneeId(), access.userId());
      case "unassigned" -> c -> c.assigneeId() == null;
      case "assigned" -> c -> c.assigneeId() != null;
      default -> c -> true;
    };
  }

  private static Comparator<Conversation> order(Request request, long salt) {
    String sort = request.param("sort_by");
    Comparator<Conversation> byActivity = Comparator.comparing(Conversation::lastActivityAt);
    Comparator<Conversation> byCreation = Comparator.comparing(Conversation::createdAt);
    Comparator<Conversation> byPriority =
        Comparator.comparingInt(c -> PRIORITIES.indexOf(c.priority()));
    Comparator<Conversation> byWaiting =
        Comparator.comparing(
            Conversation::waitingSince, Comparator.nullsLast(Comparator.naturalOrder()));
    Comparator<Conversation> chosen =
        switch (sort == null ? "" : sort) {
          case "last_activity_at_asc" -> byActivity;
          case "created_at_asc" -> byCreation;
          case "created_at_desc" -> byCreation.reversed();
          case "priority_asc" -> byPriority;
          case "priority_desc" -> byPriority.reversed();
          case "waiting_since_asc" -> byWaiting;
          case "waiting_since_desc" -> byWaiting.reversed();
          default -> byActivity.reversed();
        };
    return chosen.thenComparingLong(c -> Scramble.mix(c.id(), salt));
  }
}
