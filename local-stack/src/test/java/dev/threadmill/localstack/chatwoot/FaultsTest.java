package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.localstack.chatwoot.http.Faults;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private final ChatwootSimulator simulator = ChatwootSimulator.start();
  private final ApiClient api = new ApiClient(simulator);

  @AfterEach
  void close() {
    simulator.close();
  }

  @Test
  void a_status_fault_hits_the_pattern_so_many_times_after_skipping() throws Exception {
    Faults.Ordered fault =
        simulator.faults().add(Fault.status(503).on("/inboxes").times(2).afterSkipping(1));

    assertThat(api.response("agents").statusCode()).isEqualTo(200);
    assertThat(api.response("inboxes").statusCode()).isEqualTo(200);
    assertThat(api.response("inboxes").statusCode()).isEqualTo(503);
    assertThat(api.response("inboxes").body()).startsWith("<html>");
    assertThat(api.response("inboxes").statusCode()).isEqualTo(200);
    assertThat(fault.hits()).isEqualTo(2);
  }

  @Test
  void bodies_can_be_broken_wrong_or_huge() throws Exception {
    simulator.faults().add(Fault.brokenJson());
    assertThat(api.response("inboxes").body()).startsWith("{").doesNotEndWith("}");

    simulator.faults().add(Fault.wrongContentType());
    HttpResponse<String> login = api.response("inboxes");
    assertThat(login.statusCode()).isEqualTo(200);
    assertThat(login.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");

    simulator.faults().add(Fault.hugeBody(1_000_000));
    assertThat(api.response("inboxes").body().length()).isGreaterThan(1_000_000);
  }

  @Test
  void connections_can_be_cut_before_and_within_the_answer() {
    simulator.faults().add(Fault.truncatedBody());
    assertThatThrownBy(() -> api.response("inboxes")).isInstanceOf(IOException.class);
    // Java's client repeats a GET whose connection ended without a byte, so two are cut.
    simulator.faults().add(Fault.cut().times(2));
    assertThatThrownBy(() -> api.response("inboxes")).isInstanceOf(IOException.class);
  }

  @Test
  void a_message_can_be_created_although_its_sender_never_hears_of_it() {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    long conversation = simulator.account().conversations().open(contact);
    simulator.faults().add(Fault.cutAfterProcessing().on("^POST .*/messages"));

    assertThatThrownBy(
            () -> api.post("conversations/" + conversation + "/messages", "{\"content\":\"Hi\"}"))
        .isInstanceOf(IOException.class);

    assertThat(simulator.account().messages().of(conversation)).hasSize(1);
  }

  @Test
  void a_stalled_body_ends_when_the_fault_is_removed() {
    Faults.Ordered stall = simulator.faults().add(Fault.stalledBody());
    CompletableFuture<HttpResponse<String>> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return api.response("inboxes");
              } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
              }
            });
    await().until(() -> stall.hits() == 1);
    assertThat(answer).isNotDone();

    stall.close();

    await().until(answer::isCompletedExceptionally);
  }

  @Test
  void requests_are_counted_by_route() throws Exception {
    simulator.latency(Duration.ofMillis(1));
    api.response("conversations?status=all");
    api.response("conversations/1/messages");
    api.response("conversations/2/messages");
    api.response("/simulator/health");

    await().until(() -> simulator.requests().count() == 3);
    assertThat(simulator.requests().count("GET /conversations/:id/messages")).isEqualTo(2);
    assertThat(simulator.requests().list().getFirst().target()).endsWith("?status=all");
    assertThat(simulator.requests().maxConcurrency()).isEqualTo(1);
  }

  @Test
  void the_account_can_change_between_two_requests() throws Exception {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    simulator.beforeRequest(request -> simulator.account().conversations().open(contact));

    assertThat(api.conversations("")).hasSize(1);
    assertThat(api.conversations("")).hasSize(2);
  }

  @Test
  void everything_can_be_ordered_over_http() throws Exception {
    long message =
        api.post("/simulator/messages", "{\"content\":\"Hi\",\"email\":\"bo@example.com\"}")
            .path("id")
            .asLong();
    assertThat(api.conversations("")).hasSize(1);
    assertThat(
            api.send("PATCH", "/simulator/messages/" + message, "{\"content\":\"Ho\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(simulator.account().messages().find(message).orElseThrow().content())
        .isEqualTo("Ho");

    api.post("/simulator/faults", "{\"kind\":\"status\",\"status\":418,\"pattern\":\"agents\"}");
    assertThat(api.response("agents").statusCode()).isEqualTo(418);
    assertThat(api.get("/simulator/stats").path("messages").asInt()).isEqualTo(1);
    assertThat(api.send("POST", "/simulator/settings", "{\"wrong\":1}").statusCode())
        .isEqualTo(422);
  }

  @Test
  void a_conversation_has_a_page_that_shows_hostile_text_harmlessly() throws Exception {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    long conversation = simulator.account().conversations().open(contact);
    simulator.account().messages().incoming(conversation, "<script>alert(1)</script>");

    String page = api.response("/app/accounts/1/conversations/" + conversation).body();

    assertThat(page).contains("&lt;script&gt;").doesNotContain("<script>");
  }
}
