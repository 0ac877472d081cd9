package dev.threadmill.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.e2e.Api.Answer;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A customer of a known case of the simulator's story ({@code chatwoot-story/cases.txt}), as the
 * gateway shows them.
 *
 * @param contact Chatwoot's number
 * @param conversation the number of their only conversation
 */
record StoryCase(Api api, long contact, String contactId, long conversation) {
  static StoryCase of(Api api, String email) {
    JsonNode contact = only(api, "/contacts?email=" + URLEncoder.encode(email, UTF_8));
    long number = contact.path("contact_id").asLong();
    return new StoryCase(
        api,
        number,
        contact.path("global_id").asString(),
        only(api, "/conversations?contact=" + number).path("conversation_id").asLong());
  }

  private static JsonNode only(Api api, String list) {
    JsonNode items = api.get(list).body().path("items");
    assertThat(items).as(list).hasSize(1);
    return items.path(0);
  }

  List<String> signals() {
    return api.get("/signals?contact=" + contact)
        .body()
        .path("items")
        .valueStream()
        .map(signal -> signal.path("type").asString())
        .toList();
  }

  /** What their signals of a type quote. */
  List<String> quotes(String type) {
    return api.get("/signals?type=" + type + "&contact=" + contact)
        .body()
        .path("items")
        .valueStream()
        .flatMap(
            signal ->
                api.get("/signals/" + signal.path("id").asString())
                    .body()
                    .path("evidence")
                    .valueStream())
        .map(evidence -> evidence.path("quote").asString())
        .toList();
  }

  /** A person says otherwise, until tomorrow. */
  Answer say(int score) {
    return api.change(
        "PUT",
        "/health-scores/" + contact + "/override",
        Map.of(
            "score",
            score,
            "reason",
            "They told us",
            "expires_at",
            Instant.now().plus(Duration.ofDays(1)).toString()));
  }

  int score() {
    JsonNode health = api.get("/health-scores/" + contact).body().path("health");
    assertThat(health.has("score")).as("%s", health).isTrue();
    return health.path("score").asInt();
  }

  /** How often the team's side said this in the simulated Chatwoot. */
  long heard(String text) {
    return api.messages(conversation)
        .valueStream()
        .filter(message -> message.path("content").asString("").equals(text))
        .count();
  }

  void writes(String text) {
    api.simulate("POST", "messages", Map.of("conversation_id", conversation, "content", text));
  }

  /** Whether the conversation is stored with this label. */
  boolean has(String label) {
    return only(api, "/conversations?contact=" + contact).path("labels").toString().contains(label);
  }

  void label(String label) {
    api.simulate("PATCH", "conversations/" + conversation, Map.of("labels", List.of(label)));
  }
}
