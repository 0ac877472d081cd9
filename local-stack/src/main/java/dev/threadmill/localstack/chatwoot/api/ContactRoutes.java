package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code contacts…} and the merge action. */
final class ContactRoutes {
  private static final int PER_PAGE = 15;
  private static final Answer NOT_FOUND = Answer.error(404, "Resource could not be found");

  private final ChatwootAccount account;
  private final ContactJson json;
  private final ConversationJson conversations;

  ContactRoutes(ChatwootAccount account, ContactJson json, ConversationJson conversations) {
    this.account = account;
    this.json = json;
    this.conversations = conversations;
  }

  Answer answer(Request request, List<String> rest) {
    if (rest.isEmpty()) {
      return Answer.json(account.read(() -> list(request)));
    }
    if (rest.equals(List.of("search"))) {
      return Answer.json(account.read(() -> search(request)));
    }
    Contact contact = account.contacts().find(Request.number(rest.getFirst())).orElse(null);
    if (contact == null) {
      return NOT_FOUND;
    }
    if (rest.size() == 1) {
      return one(request, contact);
    }
    return rest.get(1).equals("conversations")
        ? Answer.json(account.read(() -> conversationsOf(contact)))
        : Answer.unknownRoute();
  }

  private Answer one(Request request, Contact contact) {
    if (request.method().equals("DELETE")) {
      account.contacts().delete(contact.id());
      return Answer.json(Map.of());
    }
    return Answer.json(account.read(() -> Map.of("payload", whole(contact, request))));
  }

  private Map<String, @Nullable Object> whole(Contact contact, Request request) {
    return json.whole(contact, !"false".equals(request.param("include_contact_inboxes")));
  }

  private Map<String, Object> list(Request request) {
    List<Contact> listed =
        account.contacts().inTableOrder().stream().filter(Contact::listed).toList();
    String sort = request.param("sort");
    List<Contact> sorted =
        sort == null ? listed : listed.stream().sorted(order(sort, page(request) % 3)).toList();
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("count", listed.size());
    // The text that was sent comes back; only the default is a number.
    String page = request.param("page");
    meta.put("current_page", page == null ? (Object) 1 : page);
    return Map.of("meta", meta, "payload", payload(sorted, request));
  }

  private Map<String, Object> search(Request request) {
    String q = request.param("q");
    String text = q == null ? "" : q.toLowerCase(Locale.ROOT);
    Predicate<@Nullable String> matches =
        value -> value != null && value.toLowerCase(Locale.ROOT).contains(text);
    List<Contact> found =
        account.contacts().all().stream()
            .filter(Contact::listed)
            .filter(
                c ->
                    matches.test(c.name())
                        || matches.test(c.email())
                        || matches.test(c.phoneNumber())
                        || matches.test(c.identifier()))
            .toList();
    List<Object> payload = payload(found, request);
    boolean more = found.size() > page(request) * PER_PAGE;
    return Map.of(
        "meta",
        Map.of("count", payload.size(), "current_page", page(request), "has_more", more),
        "payload",
        payload);
  }

  private static long page(Request request) {
    return Math.max(1, Request.number(request.param("page")));
  }

  private List<Object> payload(List<Contact> rows, Request request) {
    List<Object> payload = new ArrayList<>();
    rows.stream()
        .skip((page(request) - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .forEach(contact -> payload.add(whole(contact, request)));
    return payload;
  }

  private static Comparator<Contact> order(String sort, long salt) {
    boolean descending = sort.startsWith("-");
    Comparator<Contact> byKey =
        switch (descending ? sort.substring(1) : sort) {
          case "name" -> by(Contact::name, descending);
          case "email" -> by(Contact::email, descending);
          case "phone_number" -> by(Contact::phoneNumber, descending);
          case "last_activity_at" -> by(Contact::lastActivityAt, descending);
          case "created_at" -> by(Contact::createdAt, descending);
          default -> Comparator.comparingInt(c -> 0);
        };
    return byKey.thenComparingLong(c -> Scramble.mix(c.id(), salt));
  }

  private static <T extends Comparable<? super T>> Comparator<Contact> by(
      Function<Contact, @Nullable T> key, boolean descending) {
    Comparator<T> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
    return Comparator.comparing(key, Comparator.nullsLast(order));
  }

  /** The newest 20 only, without pages. */
  private Map<String, Object> conversationsOf(Contact contact) {
    List<Object> payload = new ArrayList<>();
    account.conversations().all().stream()
        .filter(c -> c.contactId() == contact.id())
        .sorted(Comparator.comparing(Conversation::lastActivityAt).reversed())
        .limit(20)
        .forEach(row -> payload.add(conversations.of(row)));
    return Map.of("payload", payload);
  }

  Answer action(Request request, List<String> rest) {
    if (!rest.equals(List.of("contact_merge")) || !request.method().equals("POST")) {
      return Answer.unknownRoute();
    }
    long base = request.json().path("base_contact_id").asLong(0);
    long mergee = request.json().path("mergee_contact_id").asLong(0);
    if (account.contacts().find(base).isEmpty() || account.contacts().find(mergee).isEmpty()) {
      return NOT_FOUND;
    }
    account.contacts().merge(base, mergee);
    return Answer.json(json.plain(account.contacts().find(base).orElseThrow()));
  }
}
