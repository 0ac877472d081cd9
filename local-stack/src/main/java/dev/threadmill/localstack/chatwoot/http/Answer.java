package dev.threadmill.localstack.chatwoot.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A finished answer. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Answer(int status, String contentType, byte[] body) {
  public static Answer json(Object value) {
    return json(200, value);
  }

  public static Answer json(int status, Object value) {
    return new Answer(status, "application/json; charset=utf-8", Json.bytes(value));
  }

  public static Answer text(int status, String text) {
    return new Answer(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer html(int status, String html) {
    return new Answer(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
  }

  /** Chatwoot's usual error body. */
  public static Answer error(int status, String message) {
    return json(status, Map.of("error", message));
  }

  /** The one error body with an array, for requests without a token. */
  public static Answer notSignedIn() {
    return json(
        401, Map.of("errors", List.of("You need to sign in or sign up before continuing.")));
  }

  public static Answer unknownRoute() {
    return html(
        404,
        "<!DOCTYPE html><html><head><title>The page you were looking for doesn't exist"
            + " (404)</title></head><body><h1>The page you were looking for doesn't"
            + " exist.</h1></body></html>");
  }

  /** What a route throws when it can only refuse. */
  public static final class Refusal extends RuntimeException {
    private final transient Answer answer;

    public Refusal(Answer answer) {
      super("answered " + answer.status(), null, false, false);
      this.answer = answer;
    }

    public Answer answer() {
      return answer;
    }
  }
}
