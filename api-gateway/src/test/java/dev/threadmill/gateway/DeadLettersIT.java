package dev.threadmill.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.gateway.Caller.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Records that no listener could use, over HTTP. */
@GatewayTest
class DeadLettersIT {
  private static final String LETTERS = "/admin/dead-letters";
  private static final String REPLAY = "/admin/dead-letters/replay";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private KafkaConnection connection;

  private Rows rows;
  private Caller all;
  private Caller caller;
  private String began;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    all = Caller.admin(port);
    caller = all.of(rows.project);
    began = Instant.now().toString();
    await().atMost(Duration.ofSeconds(30)).until(connection::isUp);
  }

  private String put(int partition, UUID run, int replays) {
    return Letters.put(partition, Letters.event(rows.project, run), replays);
  }

  private static List<String> ids(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("items").valueStream().map(one -> one.path("id").asString()).toList();
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void they_are_shown_by_their_ids_and_never_by_what_they_hold() {
    UUID run = UUID.randomUUID();
    String usable = put(0, run, 0);
    String unusable =
        Letters.put(1, "{\"type\":\"secret words of a customer\"}".getBytes(UTF_8), 0);

    Answer listed = all.get(LETTERS + "?from=" + began);

    assertThat(ids(listed)).containsExactly(usable, unusable);
    assertThat(listed.text()).doesNotContain("secret words");
    JsonNode first = listed.json().path("items").path(0);
    assertThat(first.at("/event/run_id").asString()).isEqualTo(run.toString());
    assertThat(first.at("/event/project_id").asString()).isEqualTo(rows.project.toString());
    assertThat(first.path("topic").asString()).isEqualTo(Letters.TOPIC);
    assertThat(first.path("consumer_group").asString()).isEqualTo(Letters.GROUP);
    assertThat(first.path("original_offset").asLong()).isEqualTo(77);
    assertThat(first.path("cause").asString()).isEqualTo("it failed again and again");
    assertThat(listed.json().path("topics").toString()).contains(Letters.DEAD);
    JsonNode second = all.get(LETTERS + "/" + unusable).json();
    assertThat(second.path("usable").asBoolean(true)).isFalse();
    assertThat(second.path("event").isNull()).isTrue();
    assertThat(second.toString()).doesNotContain("secret words");
  }

  @Test
  void a_project_is_told_of_its_own_and_only_an_administrator_is_told_at_all() {
    String own = put(0, UUID.randomUUID(), 0);
    UUID foreignRun = UUID.randomUUID();
    String foreign = Letters.put(0, Letters.event(new Rows(jdbc).project, foreignRun), 0);
    Caller bound = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));

    Answer listed = bound.get(LETTERS);

    assertThat(ids(listed)).containsExactly(own);
    assertThat(listed.json().path("topics").isNull()).isTrue();
    assertThat(bound.get(LETTERS + "/" + own).status()).isEqualTo(200);
    assertThat(bound.get(LETTERS + "/" + foreign).code()).isEqualTo("not_found");
    assertThat(bound.get(LETTERS + "/" + Letters.DEAD + ":0:999999").code()).isEqualTo("not_found");
    JsonNode replay = bound.post(REPLAY, Map.of("ids", List.of(own, foreign))).json();
    assertThat(texts(replay.path("replayed"))).containsExactly(own);
    assertThat(texts(replay.path("unknown"))).containsExactly(foreign);
    assertThat(Letters.sentAgain(foreignRun.toString())).isEmpty();
    Caller runner = Caller.anonymous(port).token(rows.token("run", rows.project, "1 hour"));
    assertThat(runner.get(LETTERS).code()).isEqualTo("forbidden");
    assertThat(runner.post(REPLAY).code()).isEqualTo("forbidden");
  }

  @Test
  void a_replay_sends_the_record_as_it_was_once_and_is_in_the_audit_log() {
    UUID run = UUID.randomUUID();
    String letter = put(1, run, 1);
    JsonNode dry = caller.post(REPLAY, Map.of("dry_run", true)).json();
    assertThat(texts(dry.path("replayed"))).containsExactly(letter);
    assertThat(Letters.sentAgain(run.toString())).isEmpty();

    Caller withKey = caller.with("Idempotency-Key", UUID.randomUUID().toString());
    JsonNode replay = withKey.post(REPLAY, Map.of("topic", Letters.TOPIC)).json();
    JsonNode twice = withKey.post(REPLAY, Map.of("topic", Letters.TOPIC)).json();

    assertThat(texts(replay.path("replayed"))).containsExactly(letter);
    assertThat(twice).isEqualTo(replay);
    List<ConsumerRecord<String, byte[]>> sent = Letters.sentAgain(run.toString());
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().key()).isEqualTo("a key");
    Map<String, String> headers = new HashMap<>();
    for (Header header : sent.getFirst().headers()) {
      headers.put(header.key(), new String(header.value(), UTF_8));
    }
    assertThat(headers)
        .isEqualTo(Map.of("traceparent", "00-abc-def-01", DeadLetters.REPLAYS_HEADER, "2"));
    JsonNode shown = caller.get(LETTERS + "/" + letter).json();
    assertThat(shown.path("replays").asInt()).isEqualTo(2);
    assertThat(shown.path("last_replayed_by").asString()).isEqualTo("bootstrap");
    assertThat(caller.get("/audit").text()).contains("dead_letters.replay", letter);
    JsonNode later = caller.post(REPLAY).json();
    assertThat(later.path("skipped_replayed").asInt()).isEqualTo(1);
    JsonNode again = caller.post(REPLAY, Map.of("again", true)).json();
    assertThat(texts(again.path("replayed"))).containsExactly(letter);
    assertThat(Letters.sentAgain(run.toString())).hasSize(2);
  }

  @Test
  void what_came_back_three_times_or_is_no_event_goes_round_no_more_unless_it_is_forced() {
    UUID run = UUID.randomUUID();
    String looping = put(0, run, 3);
    String unusable = Letters.put(0, "no event".getBytes(UTF_8), 0);
    Map<String, Object> both = new HashMap<>(Map.of("ids", List.of(looping, unusable)));

    JsonNode guarded = all.post(REPLAY, both).json();
    assertThat(guarded.path("replayed")).isEmpty();
    assertThat(guarded.path("skipped_looping").asInt()).isEqualTo(1);
    assertThat(guarded.path("skipped_unusable").asInt()).isEqualTo(1);
    assertThat(Letters.sentAgain(run.toString())).isEmpty();

    both.put("force", true);
    JsonNode forced = all.post(REPLAY, both).json();
    assertThat(texts(forced.path("replayed"))).containsExactly(looping, unusable);
    assertThat(Letters.sentAgain(run.toString())).hasSize(1);
  }

  @Test
  void lists_and_replays_go_on_where_a_page_ended() {
    List<String> letters = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      letters.add(put(i < 2 ? 0 : 1, UUID.randomUUID(), 0));
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < 3; page++) {
      Answer answer = caller.get(LETTERS + "?limit=2" + cursor);
      seen.addAll(ids(answer));
      cursor = "&cursor=" + answer.json().path("next_cursor").asString();
    }
    assertThat(seen).isEqualTo(letters);

    Map<String, Object> wish = new HashMap<>(Map.of("limit", 3, "from", began));
    JsonNode first = caller.post(REPLAY, wish).json();
    wish.put("cursor", first.path("next_cursor").asString());
    JsonNode second = caller.post(REPLAY, wish).json();

    assertThat(texts(first.path("replayed"))).isEqualTo(letters.subList(0, 3));
    assertThat(texts(second.path("replayed"))).isEqualTo(letters.subList(3, 5));
    assertThat(second.path("next_cursor").isNull()).isTrue();
  }

  @Test
  void a_replay_for_which_too_many_would_have_to_be_read_stops_and_says_where_to_go_on() {
    Letters.many(10_100);
    try {
      Map<String, Object> wish =
          new HashMap<>(Map.of("topic", "scheduler.tick", "from", began, "dry_run", true));

      JsonNode first = caller.post(REPLAY, wish).json();

      assertThat(first.path("replayed")).isEmpty();
      assertThat(first.path("next_cursor").isString()).isTrue();
      wish.put("cursor", first.path("next_cursor").asString());
      assertThat(caller.post(REPLAY, wish).json().path("next_cursor").isNull()).isTrue();
    } finally {
      Letters.forgetMany();
    }
  }

  @Test
  void wishes_that_can_not_be_are_refused_by_name() {
    for (Map<String, ?> wish :
        List.of(
            Map.of("topic", "no.topic"),
            Map.of("limit", 0),
            Map.of("limit", 1000, "per_second", 1),
            Map.of("per_second", 100_000),
            Map.of("ids", List.of("x")),
            Map.of("from", "yesterday"),
            Map.of("cursor", "x"))) {
      assertThat(caller.post(REPLAY, wish).code()).as("%s", wish).isEqualTo("invalid_request");
    }
    assertThat(caller.get(LETTERS + "?topic=no.topic").code()).isEqualTo("invalid_request");
    assertThat(caller.get(LETTERS + "/x").code()).isEqualTo("not_found");
  }
}
