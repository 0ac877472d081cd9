package dev.threadmill.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.gateway.dashboard.Browser;
import jakarta.servlet.ServletContext;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the OpenAPI document does not name: the endpoint for agents and the pages. They let nobody
 * see another project either, and there are no others.
 */
@GatewayTest
class OtherDoorsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A parameter of a path, maybe with an expression, which may hold braces. */
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)(?::(?:[^{}]|\\{[^{}]*})*)?}");

  /** Pages, the document and its page, and the page of errors. */
  private static final Pattern KNOWN =
      Pattern.compile("/|/ui(/.*)?|/error|/docs(/.*)?|/openapi\\.(json|yaml)(/.*|\\.yaml)?");

  /** What stands in a path and is no id. */
  private static final Map<String, String> WORDS =
      Map.of("job", "chatwoot_sync", "decision", "accepted", "move", "pause");

  /** What forms hold; what one does not know it leaves alone. */
  private static final Map<String, String> FORM =
      Map.of("score", "10", "reason", "a word", "days", "5", "secret", "a-secret-of-the-tests");

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private ServletContext servlets;
  @Autowired private List<RequestMappingInfoHandlerMapping> mappings;

  private Rows own;
  private Planted foreign;

  @BeforeEach
  void two_projects() {
    own = new Rows(jdbc);
    foreign = new Planted(jdbc);
  }

  @Test
  void no_call_is_missing_in_the_document_and_no_servlet_stands_beside_it() {
    Set<String> documented =
        ApiCall.of(Caller.anonymous(port).get("/openapi.json").json()).stream()
            .map(ApiCall::toString)
            .collect(Collectors.toSet());

    Set<String> served =
        mappings().flatMap(OtherDoorsIT::calls).collect(Collectors.toCollection(TreeSet::new));

    assertThat(served).containsAll(documented);
    served.removeAll(documented);
    assertThat(served)
        .as("neither in the document nor known to need no place there")
        .allMatch(call -> KNOWN.matcher(call.replaceFirst("^\\w* ", "")).matches());
    assertThat(
            servlets.getServletRegistrations().values().stream()
                .flatMap(servlet -> servlet.getMappings().stream()))
        .containsExactlyInAnyOrder("/", "/mcp", "/v1/mcp");
  }

  private Stream<RequestMappingInfo> mappings() {
    return mappings.stream().flatMap(one -> one.getHandlerMethods().keySet().stream());
  }

  private static Stream<String> calls(RequestMappingInfo mapping) {
    Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
    return mapping.getPatternValues().stream()
        .flatMap(
            path ->
                methods.isEmpty()
                    ? Stream.of(" " + path)
                    : methods.stream().map(method -> method + " " + path));
  }

  @Test
  void an_agent_learns_nothing_by_ids_of_another_project() {
    Map<String, String> before = foreign.checksums();
    String agent = own.token("read", own.project, "1 hour");
    Set<String> tried = new TreeSet<>();

    for (JsonNode tool : tools(agent)) {
      String name = tool.path("name").asString();
      tool.at("/inputSchema/properties")
          .properties()
          .forEach(
              argument -> {
                boolean number = argument.getValue().path("type").asString().equals("integer");
                if (!argument.getValue().has("enum")) {
                  ids(number).forEach(id -> ask(agent, tool, argument.getKey(), id, number));
                  tried.add(name + " " + argument.getKey());
                }
              });
    }

    assertThat(tried)
        .contains(
            "search_conversations conversation_id",
            "get_conversation id",
            "list_signals contact",
            "customer_health contact");
    assertThat(foreign.checksums()).isEqualTo(before);
  }

  private Stream<String> ids(boolean number) {
    return foreign.ids().stream().filter(id -> !number || id.matches("[0-9]+"));
  }

  private void ask(String agent, JsonNode tool, String argument, String id, boolean number) {
    String said = tool.path("name").asString() + " " + argument + " " + id;
    JsonNode answer = called(agent, tool, argument, id, number);
    JsonNode ofNone = called(agent, tool, argument, foreign.likeBut(id), number);
    assertTellsNothing(said, answer.toString(), id);
    assertThat(answer.path("isError")).as(said + answer).isEqualTo(ofNone.path("isError"));
    if (answer.path("isError").asBoolean()) {
      assertThat(answer).as(said).isEqualTo(ofNone);
    }
  }

  private JsonNode called(
      String agent, JsonNode tool, String argument, String value, boolean number) {
    ObjectNode arguments = JSON.createObjectNode();
    tool.at("/inputSchema/required")
        .forEach(required -> arguments.put(required.asString(), "parcel"));
    if (number) {
      arguments.put(argument, Long.parseLong(value));
    } else {
      arguments.put(argument, value);
    }
    ObjectNode call = JSON.createObjectNode().put("name", tool.path("name").asString());
    call.set("arguments", arguments);
    return message(agent, "tools/call", call);
  }

  private Iterable<JsonNode> tools(String agent) {
    JsonNode tools = message(agent, "tools/list", JSON.createObjectNode()).path("tools");
    assertThat(tools).hasSizeGreaterThan(4);
    return tools;
  }

  private JsonNode message(String agent, String method, ObjectNode parameters) {
    ObjectNode message =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1).put("method", method);
    message.set("params", parameters);
    Caller.Answer answer =
        Caller.anonymous(port)
            .token(agent)
            .with("Accept", "application/json, text/event-stream")
            .call("POST", "/mcp", message.toString());
    assertThat(answer.status()).as(message + answer.text()).isEqualTo(200);
    return answer.json().path("result");
  }

  /** Or the sentence above would hold for ids that no agent could find. */
  @Test
  void the_projects_own_agent_is_answered_under_the_same_ids() {
    String agent = foreign.rows.token("read", foreign.rows.project, "1 hour");
    Map<String, String> asked =
        Map.of(
            "get_conversation id", foreign.id("conversation"),
            "customer_health contact", foreign.id("contact"),
            "list_signals conversation", foreign.id("conversation"),
            "search_conversations query", "parcel");

    for (JsonNode tool : tools(agent)) {
      asked.forEach(
          (call, value) -> {
            String[] words = call.split(" ");
            if (words[0].equals(tool.path("name").asString())) {
              JsonNode answer = called(agent, tool, words[1], value, false);
              assertThat(answer.path("isError").asBoolean()).as(call + answer).isFalse();
              assertThat(answer.toString()).as(call).contains(foreign.rows.project.toString());
            }
          });
    }
  }

  @Test
  void no_page_shows_anything_of_another_project() {
    Map<String, String> before = foreign.checksums();
    Browser browser = new Browser(port);
    browser.signIn(own.token("admin", own.project, "1 hour"));
    browser.get("/ui/projects/" + own.project + "/overview");

    pages(RequestMethod.GET)
        .forEach(
            page -> {
              for (String id : kinds()) {
                String ofTheirs = filled(page, foreign.rows.project.toString(), id);
                assertRefused(ofTheirs, browser.get(ofTheirs), id);
                String withinOurs = filled(page, own.project.toString(), id);
                if (withinOurs.contains(id)) {
                  assertRefused(withinOurs, browser.get(withinOurs), id);
                }
              }
            });
    browser.get("/ui/projects/" + own.project + "/overview");
    pages(RequestMethod.POST)
        .forEach(
            page -> {
              for (String id : kinds()) {
                String ofTheirs = filled(page, foreign.rows.project.toString(), id);
                assertRefused(ofTheirs, browser.submit(ofTheirs, FORM), id);
                String withinOurs = filled(page, own.project.toString(), id);
                if (withinOurs.contains(id)) {
                  assertRefused(withinOurs, browser.submit(withinOurs, FORM), id);
                }
              }
            });

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  /** Or the sentence above would hold for ids that nobody could find. */
  @Test
  void the_projects_own_people_see_its_pages() {
    Browser browser = new Browser(port);
    browser.signIn(foreign.rows.token("admin", foreign.rows.project, "1 hour"));

    pages(RequestMethod.GET)
        .filter(page -> !page.endsWith("/events") && !page.startsWith("/ui/admin/"))
        .forEach(
            page ->
                assertThat(kinds())
                    .as(page)
                    .anyMatch(
                        id ->
                            browser
                                    .get(filled(page, foreign.rows.project.toString(), id))
                                    .statusCode()
                                == 200));
  }

  /** Those that are of one project. */
  private Stream<String> pages(RequestMethod method) {
    Set<String> pages =
        mappings()
            .filter(mapping -> mapping.getMethodsCondition().getMethods().contains(method))
            .flatMap(mapping -> mapping.getPatternValues().stream())
            .filter(path -> path.startsWith("/ui/") && path.contains("{"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(pages).hasSizeGreaterThan(10);
    return pages.stream();
  }

  /** One id of each kind that pages know. */
  private List<String> kinds() {
    return Stream.of(
            "campaign",
            "contact",
            "conversation",
            "message",
            "outbound",
            "run",
            "signal",
            "source",
            "token")
        .map(foreign::id)
        .toList();
  }

  /** The first parameter is the project. */
  private static String filled(String page, String project, String id) {
    UnaryOperator<String> value =
        name ->
            name.equals("project") || page.startsWith("/ui/admin/projects/")
                ? project
                : WORDS.getOrDefault(name, id);
    return PARAMETER
        .matcher(page)
        .replaceAll(found -> Matcher.quoteReplacement(value.apply(found.group(1))));
  }

  private void assertRefused(String path, HttpResponse<String> answer, String sent) {
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isBetween(400, 499);
    assertTellsNothing(path, answer.body(), sent);
  }

  /**
   * @param sent an id that the caller named, and may hear again
   */
  private void assertTellsNothing(String said, String answer, String sent) {
    for (String trace : foreign.traces()) {
      if (!trace.equals(sent) && !said.contains(trace)) {
        assertThat(answer).as(said).doesNotContain(trace);
      }
    }
  }
}
