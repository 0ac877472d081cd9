package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.testing.SettableClock;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTest {
  private final SettableClock clock = new SettableClock();
  private final ChatwootSimulator simulator = ChatwootSimulator.start(clock);

  @AfterEach
  void close() {
    simulator.close();
  }

  private HttpResponse<String> as(String token, String path) throws Exception {
    return new ApiClient(simulator, token).response(path);
  }

  @Test
  void each_refused_token_has_its_own_401() throws Exception {
    simulator.tokens().addBot("bot");
    simulator.tokens().addOutsider("outsider");

    assertThat(as("", "conversations").body())
        .isEqualTo("{\"errors\":[\"You need to sign in or sign up before continuing.\"]}");
    assertThat(as("wrong", "conversations").body())
        .isEqualTo("{\"error\":\"Invalid Access Token\"}");
    assertThat(as("bot", "conversations").body())
        .isEqualTo("{\"error\":\"Access to this endpoint is not authorized for bots\"}");
    assertThat(as("outsider", "conversations").body())
        .isEqualTo("{\"error\":\"You are not authorized to access this account\"}");
    assertThat(as("outsider", "conversations").statusCode()).isEqualTo(401);
  }

  @Test
  void unknown_things_are_a_json_404_and_unknown_routes_an_html_one() throws Exception {
    String token = ChatwootSimulator.ADMIN_TOKEN;
    for (String path :
        new String[] {"conversations/9", "contacts/9", "/api/v1/accounts/7/conversations"}) {
      assertThat(as(token, path).statusCode()).isEqualTo(404);
      assertThat(as(token, path).body()).isEqualTo("{\"error\":\"Resource could not be found\"}");
    }
    assertThat(as(token, "/api/v1/nonsense").headers().firstValue("content-type"))
        .hasValue("text/html; charset=utf-8");
  }

  @Test
  void an_agent_sees_only_the_own_inboxes() throws Exception {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    long hidden = simulator.account().conversations().open(contact);
    long seen = simulator.account().conversations().add(NewConversation.with(contact).inbox(2));
    simulator.tokens().addAgent("agent", 2, Set.of(2L));
    ApiClient agent = new ApiClient(simulator, "agent");

    assertThat(agent.conversations("status=all")).containsExactly(seen);
    assertThat(agent.response("conversations/" + hidden).statusCode()).isEqualTo(401);
    assertThat(ApiClient.ids(agent.get("inboxes").path("payload"))).containsExactly(2L);

    simulator.account().conversations().setTeam(hidden, 1L);
    assertThat(agent.response("conversations/" + hidden).statusCode()).isEqualTo(200);
  }

  @Test
  void the_profile_lists_accounts_and_roles() throws Exception {
    simulator.tokens().addAgent("agent", 2, Set.of(2L));
    String path = "/api/v1/profile";

    assertThat(new ApiClient(simulator).get(path).path("accounts").get(0).path("role").asString())
        .isEqualTo("administrator");
    assertThat(
            new ApiClient(simulator, "agent")
                .get(path)
                .path("accounts")
                .get(0)
                .path("role")
                .asString())
        .isEqualTo("agent");
    assertThat(as("revoked", path).statusCode()).isEqualTo(401);
  }

  @Test
  void the_throttle_answers_in_plain_text_until_the_next_minute() throws Exception {
    simulator.limitRequestsPerMinute(2);
    String token = ChatwootSimulator.ADMIN_TOKEN;
    as(token, "inboxes");
    as(token, "inboxes");

    HttpResponse<String> third = as(token, "inboxes");

    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(third.headers().firstValue("content-type")).hasValue("text/plain");
    assertThat(third.headers().firstValue("retry-after")).isEmpty();
    clock.advance(java.time.Duration.ofMinutes(1));
    assertThat(as(token, "inboxes").statusCode()).isEqualTo(200);
  }
}
