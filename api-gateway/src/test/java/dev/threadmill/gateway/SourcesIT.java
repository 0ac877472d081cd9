package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.project.Secrets;
import dev.threadmill.core.project.Secrets.Column;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.localstack.chatwoot.http.RecordedRequest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

@GatewayTest
class SourcesIT {
  private static final String AGENT_TOKEN = "an-agents-token-0123456789";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private SourceSecrets secrets;
  @Autowired private SourceWebhooks webhooks;

  private ChatwootSimulator chatwoot;
  private Rows rows;
  private Caller caller;
  private String path;

  @BeforeEach
  void a_server_and_the_administrator_of_a_project() {
    chatwoot = ChatwootSimulator.start();
    rows = new Rows(jdbc);
    caller = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
    path = "/projects/" + rows.project + "/sources";
  }

  @AfterEach
  void close() {
    chatwoot.close();
  }

  private Answer bind(Map<String, ?> fields) {
    Map<String, Object> body =
        new HashMap<>(
            Map.of(
                "base_url", chatwoot.baseUrl().toString(),
                "account_id", ChatwootSimulator.ACCOUNT_ID,
                "api_token", ChatwootSimulator.ADMIN_TOKEN));
    body.putAll(fields);
    return caller.post(path, body);
  }

  private long stored() {
    return jdbc.sql("select count(*) from project_sources where base_url = :url")
        .param("url", chatwoot.baseUrl().toString())
        .query(Long.class)
        .single();
  }

  private static UUID id(Answer bound) {
    return UUID.fromString(bound.json().path("source").path("id").asString());
  }

  @Test
  void a_source_is_saved_once_its_server_lets_the_token_read_the_account() {
    Answer bound =
        bind(
            Map.of(
                "base_url",
                chatwoot.baseUrl().toString().replace("http://", "HTTP://") + "/",
                "webhook_secret",
                "a-secret-that-both-know"));

    assertThat(bound.status()).as(bound.text()).isEqualTo(201);
    assertThat(bound.json().path("token_access").asString()).isEqualTo("administrator");
    assertThat(bound.json().path("warning").isNull()).isTrue();
    UUID id = id(bound);
    assertThat(stored()).isEqualTo(1);
    assertThat(secrets.apiToken(id)).contains(ChatwootSimulator.ADMIN_TOKEN);
    assertThat(webhooks.find(id).orElseThrow().secret()).isEqualTo("a-secret-that-both-know");
    await()
        .untilAsserted(
            () ->
                assertThat(chatwoot.requests().list())
                    .extracting(RecordedRequest::target)
                    .containsExactly("/api/v1/profile"));
    Answer listed = caller.get(path);
    assertThat(listed.text()).contains(id.toString(), "/webhooks/chatwoot/" + id);
    assertThat(caller.get(path + "/" + id).json().path("own_token").asBoolean()).isTrue();
    String everything = bound.text() + listed.text() + caller.get("/audit").text() + rowsAsText();
    assertThat(everything)
        .contains("source.create")
        .doesNotContain(ChatwootSimulator.ADMIN_TOKEN, "a-secret-that-both-know");
  }

  private String rowsAsText() {
    return String.join(
        "\n",
        jdbc.sql(
                """
                select s::text || encode(coalesce(credentials, ''), 'escape') || encode(coalesce(webhook_secret, ''), 'escape')
                from project_sources s where project_id = :p
                """)
            .param("p", rows.project)
            .query(String.class)
            .list());
  }

  @Test
  void an_agents_token_is_saved_with_a_warning() {
    chatwoot.tokens().addAgent(AGENT_TOKEN, 2, Set.of(1L));

    Answer bound = bind(Map.of("api_token", AGENT_TOKEN));

    assertThat(bound.status()).as(bound.text()).isEqualTo(201);
    assertThat(bound.json().path("token_access").asString()).isEqualTo("agent");
    assertThat(bound.json().path("warning").asString()).contains("administrator");
  }

  @Test
  void an_account_feeds_one_project_only() {
    bind(Map.of());
    await().until(() -> chatwoot.requests().count() == 1);

    for (Answer again :
        new Answer[] {
          bind(Map.of()),
          bind(Map.of("base_url", chatwoot.baseUrl().toString().toUpperCase(Locale.ROOT) + "//")),
          Caller.admin(port)
              .post(
                  "/projects/" + new Rows(jdbc).project + "/sources",
                  Map.of(
                      "base_url", chatwoot.baseUrl().toString(),
                      "account_id", ChatwootSimulator.ACCOUNT_ID,
                      "api_token", ChatwootSimulator.ADMIN_TOKEN))
        }) {
      assertThat(again.status()).isEqualTo(409);
      assertThat(again.code()).isEqualTo("source_exists");
    }
    // Only who can read an account learns that it feeds another project.
    assertThat(chatwoot.requests().count()).isEqualTo(2);
    assertThat(
            Caller.admin(port)
                .post(
                    "/projects/" + new Rows(jdbc).project + "/sources",
                    Map.of(
                        "base_url",
                        chatwoot.baseUrl().toString(),
                        "account_id",
                        ChatwootSimulator.ACCOUNT_ID,
                        "api_token",
                        "a-guess"))
                .code())
        .isEqualTo("chatwoot_unauthorized");
  }

  @Test
  void a_project_has_one_account_of_a_number_whatever_server_it_is_at() {
    try (ChatwootSimulator second = ChatwootSimulator.start()) {
      UUID first = id(bind(Map.of()));
      Map<String, String> other = Map.of("base_url", second.baseUrl().toString());

      Answer refused = bind(other);

      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("account_number_taken");
      assertThat(second.requests().count()).isZero();
      // Nor while the first one is on its way out.
      assertThat(caller.call("DELETE", path + "/" + first, null).status()).isEqualTo(202);
      assertThat(bind(other).code()).isEqualTo("account_number_taken");
      assertThat(bind(Map.of()).code()).isEqualTo("source_exists");
    }
  }

  @Test
  void what_can_not_be_read_is_not_saved_and_the_code_says_why() {
    chatwoot.tokens().addOutsider("an-outsiders-token");

    assertRefused(bind(Map.of("api_token", "wrong")), "chatwoot_unauthorized");
    assertRefused(bind(Map.of("account_id", 77)), "chatwoot_account_not_found");
    assertRefused(bind(Map.of("api_token", "an-outsiders-token")), "chatwoot_no_access");
    assertRefused(bind(Map.of("base_url", "http://127.0.0.1:1")), "chatwoot_unreachable");
    assertRefused(bind(Map.of("base_url", "http://no-such-host.invalid")), "chatwoot_unreachable");
    chatwoot.faults().add(Fault.status(502));
    assertRefused(bind(Map.of()), "chatwoot_server_error");
    chatwoot.faults().add(Fault.wrongContentType());
    assertRefused(bind(Map.of()), "chatwoot_not_chatwoot");
    // The client sends it again where a connection breaks.
    chatwoot.faults().add(Fault.cut().times(10));
    assertRefused(bind(Map.of()), "chatwoot_unreachable");
    chatwoot.faults().clear();
    chatwoot.faults().add(Fault.status(302));
    assertRefused(bind(Map.of()), "chatwoot_not_chatwoot");
    assertThat(stored()).isZero();
  }

  private static void assertRefused(Answer answer, String code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    assertThat(answer.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "base_url, ftp://chat.example.com, 'base_url'",
    "base_url, https://user:word@chat.example.com, 'base_url'",
    "base_url, https://chat.example.com/#x, 'base_url'",
    "base_url, https://chat.example.com/?a=b, 'base_url'",
    "base_url, https:///path, 'base_url'",
    "base_url, chat.example.com, 'base_url'",
    "base_url, http://[::1, 'base_url'",
    "base_url, http://chat.example.com:65536, 'base_url'",
    "base_url, http://chat.example.com:0, 'base_url'",
    "base_url, http://169.254.169.254, 'base_url'",
    "base_url, http://[fe80::1], 'base_url'",
    "base_url, http://0.0.0.0, 'base_url'",
    "base_url, http://[fd00:ec2::254], 'base_url'",
    "base_url, http://[fd20:ce::254], 'base_url'",
    "base_url, http://100.100.100.200, 'base_url'",
    "base_url, http://192.0.0.192, 'base_url'",
    "base_url, http://168.63.129.16, 'base_url'",
    "account_id, 0, 'account_id'",
    "account_id, x, 'account_id'",
    "api_token, '', 'api_token'",
    "api_token, 'two words', 'api_token'",
    "webhook_secret, short, 'webhook_secret'",
    "colour, red, 'colour'"
  })
  void a_bad_field_is_named_and_its_value_is_not_repeated(
      String field, String value, String named) {
    Answer answer = bind(Map.of(field, value));

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains(named).doesNotContain("word@");
  }

  @Test
  void a_token_and_a_webhook_secret_can_be_changed_and_the_new_token_is_checked() {
    UUID id = id(bind(Map.of("webhook_secret", "a-secret-that-both-know")));
    chatwoot.tokens().addAdministrator("another-administrators-token");
    String one = path + "/" + id;

    Answer changed =
        caller.call(
            "PATCH",
            one,
            "{\"api_token\":\"another-administrators-token\",\"webhook_secret\":\"\",\"webhook_unsigned\":true}");

    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(secrets.apiToken(id)).contains("another-administrators-token");
    assertThat(webhooks.find(id).orElseThrow().secret()).isNull();
    assertThat(webhooks.find(id).orElseThrow().unsigned()).isTrue();
    assertRefused(caller.call("PATCH", one, "{\"api_token\":\"wrong\"}"), "chatwoot_unauthorized");
    assertThat(secrets.apiToken(id)).contains("another-administrators-token");
    assertThat(caller.call("PATCH", one, "{}").status()).isEqualTo(400);
    assertThat(caller.call("PATCH", one, "{\"account_id\":2}").status()).isEqualTo(400);
  }

  /** Without it, the source is read with the operator's, which may see more than the agent's. */
  @Test
  void a_token_is_taken_away_only_by_who_speaks_for_all_projects() {
    chatwoot.tokens().addAgent(AGENT_TOKEN, 2, Set.of(1L));
    UUID id = id(bind(Map.of("api_token", AGENT_TOKEN)));
    String one = path + "/" + id;
    String away = "{\"api_token\":\"\",\"webhook_unsigned\":true}";

    Answer refused = caller.call("PATCH", one, away);

    assertThat(refused.status()).as(refused.text()).isEqualTo(403);
    assertThat(refused.code()).isEqualTo("forbidden");
    assertThat(secrets.apiToken(id)).contains(AGENT_TOKEN);
    assertThat(webhooks.find(id).orElseThrow().unsigned()).isFalse();
    Answer without = Caller.admin(port).call("PATCH", one, away);
    assertThat(without.status()).as(without.text()).isEqualTo(200);
    assertThat(without.json().path("source").path("own_token").asBoolean(true)).isFalse();
    assertThat(secrets.apiToken(id)).isEmpty();
  }

  @Test
  void another_projects_sources_are_not_found() {
    Rows others = new Rows(jdbc);
    String foreign = "/projects/" + others.project + "/sources";

    for (Answer answer :
        new Answer[] {
          caller.get(foreign),
          caller.post(foreign, Map.of()),
          caller.get(foreign + "/" + others.source),
          caller.get(path + "/" + others.source),
          caller.call("PATCH", path + "/" + others.source, "{\"webhook_unsigned\":true}"),
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "run"})
  void sources_erasures_deletions_and_secrets_are_shown_to_administrators_only(String scope) {
    Caller other = Caller.anonymous(port).token(rows.token(scope, rows.project, "1 hour"));
    String project = "/projects/" + rows.project;

    for (Answer answer :
        new Answer[] {
          other.get(path),
          other.get(path + "/" + rows.source),
          other.get(project + "/erasures"),
          other.get(project + "/erasures/" + UUID.randomUUID()),
          other.get(project + "/deletion"),
          other.get("/secrets/rewrite"),
          other.post(path, Map.of()),
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(403);
    }
    assertThat(other.get(project).status()).isEqualTo(200);
  }

  @Test
  void secrets_of_an_older_key_are_encrypted_with_the_new_one() {
    UUID id = id(bind(Map.of()));
    Secrets old = keys(GatewayServers.OLD_SECRET_KEY);
    Secrets current = keys(GatewayServers.SECRET_KEY);
    jdbc.sql(
            "update project_sources set credentials = :token, webhook_secret = :hook where id = :id")
        .param("token", old.encrypt("the token", id, Column.CREDENTIALS))
        .param("hook", old.encrypt("the secret of webhooks", id, Column.WEBHOOK_SECRET))
        .param("id", id)
        .update();
    assertThat(secrets.apiToken(id)).contains("the token");

    // One that no key can read keeps its neighbour from nothing.
    Rows spoilt = new Rows(jdbc);
    jdbc.sql(
            "update project_sources set credentials = '\\x0102', webhook_secret = :hook where id = :id")
        .param("hook", old.encrypt("another secret", spoilt.source, Column.WEBHOOK_SECRET))
        .param("id", spoilt.source)
        .update();

    Answer answer = Caller.admin(port).post("/secrets/rewrite");

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("rewritten").asInt()).isGreaterThanOrEqualTo(2);
    assertThat(answer.text()).contains(spoilt.source.toString());
    assertThat(current.decrypt(column("credentials", id), id, Column.CREDENTIALS))
        .isEqualTo("the token");
    assertThat(current.decrypt(column("webhook_secret", id), id, Column.WEBHOOK_SECRET))
        .isEqualTo("the secret of webhooks");
    byte[] neighbour = column("webhook_secret", spoilt.source);
    assertThat(current.decrypt(neighbour, spoilt.source, Column.WEBHOOK_SECRET))
        .isEqualTo("another secret");
    // Nobody needs those of a source that goes.
    jdbc.sql("update project_sources set removed_at = now() where id = :id")
        .param("id", spoilt.source)
        .update();
    Answer twice = Caller.admin(port).post("/secrets/rewrite");
    assertThat(twice.json().path("rewritten").asInt()).isZero();
    assertThat(twice.text()).doesNotContain(spoilt.source.toString());
    assertThat(caller.post("/secrets/rewrite").status()).isEqualTo(403);
  }

  private byte[] column(String name, UUID id) {
    return jdbc.sql("select " + name + " from project_sources where id = :id")
        .param("id", id)
        .query((row, number) -> row.getBytes(1))
        .single();
  }

  private static Secrets keys(String keys) {
    return Secrets.of(new Settings(new MockEnvironment().withProperty(Secrets.VARIABLE, keys)));
  }
}
