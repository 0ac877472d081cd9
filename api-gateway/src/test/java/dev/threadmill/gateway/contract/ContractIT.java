package dev.threadmill.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** docs/openapi.json is what was agreed on with callers. */
@GatewayTest
class ContractIT {
  private static final Path AGREED =
      Path.of(System.getProperty("threadmill.root"), "docs", "openapi.json");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final String HOW =
      "docs/openapi.json is not what the gateway serves. Write it anew with: make contract";

  @LocalServerPort private int port;
  private JsonNode served;

  @BeforeEach
  void ask() {
    served = Caller.anonymous(port).get("/openapi.json").json();
  }

  /** {@code make contract} gives the word; a change that breaks callers needs one more. */
  @Test
  void the_contract_is_the_one_that_was_agreed_on() throws IOException {
    String now = JSON.writeValueAsString(served) + "\n";
    String wish = System.getProperty("threadmill.contract", "check");
    if (!wish.equals("write-breaking")) {
      assertThat(Compatibility.broken(Files.readString(AGREED), now))
          .as(
              "This breaks who calls the gateway. Keep what was there, or: make contract BREAKING=yes")
          .isEmpty();
    }
    if (wish.startsWith("write")) {
      Files.writeString(AGREED, now);
    }
    assertThat(Files.readString(AGREED)).as(HOW).isEqualTo(now);
  }

  @Test
  void what_breaks_callers_is_noticed_and_what_is_added_is_not() {
    assertThat(brokenBy(contract -> {})).isFalse();
    assertThat(brokenBy(contract -> ((ObjectNode) contract.path("paths")).remove("/search")))
        .as("a call is gone")
        .isTrue();
    assertThat(
            brokenBy(
                contract ->
                    ((ObjectNode) contract.at("/components/schemas/RunView/properties"))
                        .remove("status")))
        .as("an answer lacks a field")
        .isTrue();
    assertThat(
            brokenBy(
                contract ->
                    ((ObjectNode) contract.at("/components/schemas/SearchWish/properties/top_k"))
                        .put("type", "string")))
        .as("a field of a request is of another type")
        .isTrue();
    assertThat(
            brokenBy(
                contract ->
                    ((ArrayNode) contract.at("/paths/~1jobs~1runs/get/parameters"))
                        .addObject()
                        .put("name", "colour")
                        .put("in", "query")
                        .put("required", true)
                        .putObject("schema")
                        .put("type", "string")))
        .as("a call wants more than before")
        .isTrue();
    assertThat(
            brokenBy(
                contract ->
                    ((ObjectNode) contract.at("/components/schemas/RunView/properties"))
                        .putObject("colour")
                        .put("type", "string")))
        .as("an answer has one more field")
        .isFalse();
  }

  private boolean brokenBy(Consumer<JsonNode> change) {
    JsonNode changed = served.deepCopy();
    change.accept(changed);
    return Compatibility.broken(served.toString(), changed.toString()).isPresent();
  }

  @Test
  void every_call_tells_how_a_project_is_named_and_what_a_refusal_looks_like() {
    for (ApiCall call : ApiCall.of(served)) {
      assertThat(call.operation().path("responses").path("default").toString())
          .as(call.toString())
          .contains("#/components/schemas/Problem");
      if (call.needsToken()) {
        assertThat(call.parameters("header")).as(call.toString()).contains("X-Project-Id");
        assertThat(call.parameters("query")).as(call.toString()).contains("project_id");
      }
    }
    assertThat(served.at("/components/schemas/Problem/properties/code").toString())
        .contains("project_required", "internal_error");
  }

  @Test
  void fields_are_named_as_they_are_in_answers_and_requests() {
    served
        .at("/components/schemas")
        .properties()
        .forEach(
            schema ->
                schema
                    .getValue()
                    .path("properties")
                    .propertyNames()
                    .forEach(field -> assertThat(field).as(schema.getKey()).matches("[a-z0-9_]+")));
    assertThat(served.at("/components/schemas/SearchWish/properties").has("top_k")).isTrue();
    for (ApiCall call : ApiCall.of(served)) {
      assertThat(call.parameters("query"))
          .as(call.toString())
          .allMatch(name -> name.matches("[a-z0-9_]+"));
    }
  }
}
