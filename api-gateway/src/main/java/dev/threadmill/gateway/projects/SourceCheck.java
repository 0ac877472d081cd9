package dev.threadmill.gateway.projects;

import dev.threadmill.core.chatwoot.ServerAddress;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a Chatwoot server whether an account can be read with a token, before that is saved. Nothing
 * of its answers is passed on, redirects are not followed, and the codes are those that a sync
 * would end with.
 */
@Component
class SourceCheck {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RestClient http;

  SourceCheck() {
    var factory =
        new JdkClientHttpRequestFactory(
            HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                // A redirect would carry the token to another address.
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
    // To the end of the body, not only of the headers.
    factory.setReadTimeout(ANSWER);
    this.http = RestClient.builder().requestFactory(factory).build();
  }

  /** What a token may see of an account. */
  enum Access {
    ADMINISTRATOR,
    /** Only the inboxes of this agent: a sync is incomplete by design. */
    AGENT,
    /** The server does not say. */
    UNKNOWN
  }

  private record Answer(int status, Optional<JsonNode> body) {}

  /**
   * @throws ApiProblem when it can't be read; the code says why
   */
  Access check(URI baseUrl, long accountId, String token) {
    refuseAddressesOfNoServer(baseUrl);
    Answer profile = get(baseUrl, "/api/v1/profile", token);
    if (profile.status() == 401 || profile.status() == 403) {
      throw problem(
          ProblemCode.CHATWOOT_UNAUTHORIZED,
          "Chatwoot refuses the token; send an administrator's access token.");
    }
    Optional<Access> access = profile.body().flatMap(json -> access(json, accountId));
    if (access.isPresent() && access.get() == Access.ADMINISTRATOR) {
      return Access.ADMINISTRATOR;
    }
    requireReadable(get(baseUrl, "/api/v1/accounts/" + accountId + "/inboxes", token), accountId);
    return access.orElse(Access.UNKNOWN);
  }

  /** The token's role in the account; empty when the profile does not name the account. */
  private static Optional<Access> access(JsonNode profile, long accountId) {
    for (JsonNode member : profile.path("accounts")) {
      if (member.path("id").asLong(0) == accountId) {
        // Who is not said to be an administrator may not see every inbox.
        return Optional.of(
            switch (member.path("role").asString("")) {
              case "administrator" -> Access.ADMINISTRATOR;
              case "agent" -> Access.AGENT;
              default -> Access.UNKNOWN;
            });
      }
    }
    return Optional.empty();
  }

  private static void requireReadable(Answer inboxes, long accountId) {
    if (inboxes.status() == 401 || inboxes.status() == 403) {
      throw problem(
          ProblemCode.CHATWOOT_NO_ACCESS,
          "The token is good, but its user does not belong to account %d; add the user to it, or send another token."
              .formatted(accountId));
    }
    if (inboxes.status() == 404 && inboxes.body().isPresent()) {
      throw problem(
          ProblemCode.CHATWOOT_ACCOUNT_NOT_FOUND,
          "Chatwoot has no account %d; its number is in the address of its pages."
              .formatted(accountId));
    }
    if (inboxes.status() != 200 || inboxes.body().isEmpty()) {
      throw notChatwoot();
    }
  }

  private Answer get(URI baseUrl, String path, String token) {
    Answer answer;
    try {
      answer =
          http.get()
              .uri(URI.create(baseUrl + path))
              // The spelling with dashes survives proxies that drop names with an underscore.
              .header("Api-Access-Token", token)
              .accept(MediaType.APPLICATION_JSON)
              .exchangeForRequiredValue((request, response) -> read(response));
    } catch (ResourceAccessException broken) {
      throw ofConnection(broken);
    } catch (RestClientException | IllegalArgumentException unusable) {
      // What HTTP's client can't send, or can't understand.
      throw notChatwoot();
    }
    return switch (answer.status()) {
      case 200 -> {
        if (answer.body().isEmpty()) {
          throw notChatwoot();
        }
        yield answer;
      }
      case 429 ->
          throw problem(
              ProblemCode.CHATWOOT_RATE_LIMITED,
              "Chatwoot says that too many requests come; try again in a minute.");
      default -> {
        if (answer.status() >= 500) {
          throw problem(
              ProblemCode.CHATWOOT_SERVER_ERROR,
              "Chatwoot fails with status %d; its own log says why.".formatted(answer.status()));
        }
        if (answer.status() >= 300 && answer.status() < 400) {
          throw problem(
              ProblemCode.CHATWOOT_NOT_CHATWOOT,
              "The server answers with a redirect; send the address that it leads to.");
        }
        yield answer;
      }
    };
  }

  private static Answer read(ConvertibleClientHttpResponse response) throws IOException {
    int status = response.getStatusCode().value();
    MediaType type = response.getHeaders().getContentType();
    byte[] body = response.getBody().readNBytes(MAX_BYTES + 1);
    if (type == null
        || !type.isCompatibleWith(MediaType.APPLICATION_JSON)
        || body.length > MAX_BYTES) {
      return new Answer(status, Optional.empty());
    }
    try {
      return new Answer(status, Optional.of(JSON.readTree(body)).filter(JsonNode::isObject));
    } catch (JacksonException notJson) {
      return new Answer(status, Optional.empty());
    }
  }

  private static void refuseAddressesOfNoServer(URI baseUrl) {
    try {
      if (ServerAddress.leadsToNoServer(baseUrl)) {
        throw ApiProblem.invalid("'base_url' leads to an address that no Chatwoot server has.");
      }
    } catch (UnknownHostException unknown) {
      throw problem(ProblemCode.CHATWOOT_UNREACHABLE, "The host of 'base_url' is unknown.");
    }
  }

  private static ApiProblem ofConnection(ResourceAccessException broken) {
    for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpTimeoutException) {
        return problem(
            ProblemCode.CHATWOOT_TIMEOUT,
            "Chatwoot does not answer in time; look at the server's load.");
      }
    }
    return problem(
        ProblemCode.CHATWOOT_UNREACHABLE,
        "Chatwoot can't be reached; check 'base_url', and that the server runs.");
  }

  private static ApiProblem notChatwoot() {
    return problem(
        ProblemCode.CHATWOOT_NOT_CHATWOOT,
        "What answers at 'base_url' is not Chatwoot's interface; check the address.");
  }

  private static ApiProblem problem(ProblemCode code, String detail) {
    return new ApiProblem(code, detail);
  }
}
