package dev.threadmill.gateway.problem;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.springframework.http.HttpStatus;

/** A problem document. */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    @JsonProperty("request_id") String requestId) {
  static Problem of(HttpStatus status, ProblemCode code, String detail, String requestId) {
    return new Problem(
        "about:blank",
        status.getReasonPhrase(),
        status.value(),
        detail,
        code.wireName(),
        requestId);
  }
}
