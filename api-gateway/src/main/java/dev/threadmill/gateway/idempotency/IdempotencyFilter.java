package dev.threadmill.gateway.idempotency;

import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.DatabaseOutage;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import dev.threadmill.gateway.security.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A POST with an {@code Idempotency-Key} that created or changed something is answered alike when
 * it comes again, and not done again; also one that waited for what it started, or failed after it
 * was done. What did nothing may be tried again with the same key. Behind security: only who may
 * send a request is told its answer.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 5)
class IdempotencyFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(IdempotencyFilter.class);
  private static final String HEADER = "Idempotency-Key";
  private static final Pattern WELL_FORMED = Pattern.compile("[!-~]{1,128}");

  private final IdempotencyKeys keys;
  private final ProblemWriter problems;
  private final DatabaseOutage outage;
  private final JsonMapper json;

  IdempotencyFilter(
      IdempotencyKeys keys, ProblemWriter problems, DatabaseOutage outage, JsonMapper json) {
    this.keys = keys;
    this.problems = problems;
    this.outage = outage;
    this.json = json;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getMethod().equals("POST")
        || request.getHeader(HEADER) == null
        || caller() == null
        // A page of the dashboard, whose caller has a session; keys are kept under tokens.
        || request.getHeader("Authorization") == null
        // They are done twice without harm, and may be long.
        || request.getRequestURI().startsWith("/webhooks/")
        // Such an answer goes on and on, and can't be kept.
        || Objects.requireNonNullElse(request.getHeader("Accept"), "").contains("event-stream");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      var again = new RequestReadTwice(request);
      CallersKey key = key(request);
      byte[] requestHash = requestHash(again);
      Caller caller = Objects.requireNonNull(caller());
      Optional<UUID> holder = keys.take(key.hash(), caller.tokenId(), requestHash);
      if (holder.isPresent()) {
        doOnce(new Held(key, holder.get()), again, response, chain);
      } else {
        replay(answer(key, requestHash), response);
      }
    } catch (ApiProblem problem) {
      problems.write(request, response, problem);
    } catch (DataAccessException failed) {
      problems.write(request, response, outage.problem(failed).orElseThrow(() -> failed));
    }
  }

  /** A key, and who holds it. */
  private record Held(CallersKey key, UUID holder) {}

  private void doOnce(
      Held held, RequestReadTwice request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var answer = new ContentCachingResponseWrapper(response);
    boolean answered = false;
    AuditLog.withEachChange(request, () -> done(held));
    try {
      chain.doFilter(request, answer);
      answered = true;
    } finally {
      settle(held, request, answered ? answer : null);
      answer.copyBodyToResponse();
    }
  }

  private void done(Held held) {
    if (!keys.done(held.key().hash(), held.holder())) {
      throw new ApiProblem(
          ProblemCode.IDEMPOTENCY_KEY_IN_USE,
          "This took so long that the same request, sent again, has taken its place.");
    }
  }

  /** The request is done, whatever becomes of its key: the caller gets its answer. */
  private void settle(
      Held held, HttpServletRequest request, @Nullable ContentCachingResponseWrapper answer) {
    CallersKey key = held.key();
    try {
      if (answer != null && (AuditLog.changed(request) || created(answer))) {
        var kept =
            new KeptAnswer(
                answer.getStatus(),
                answer.getHeader("Location"),
                answer.getContentType(),
                answer.getContentAsByteArray());
        keys.answered(key.hash(), held.holder(), key.encrypt(json.writeValueAsBytes(kept)));
      } else {
        // Also where the connection broke at a commit: the row knows whether that went through.
        keys.release(key.hash(), held.holder());
      }
    } catch (DataAccessException failed) {
      log.warn("The answer under an Idempotency-Key was not kept: {}", failed.getClass().getName());
    }
  }

  private static boolean created(ContentCachingResponseWrapper answer) {
    return answer.getStatus() == 201 || answer.getStatus() == 202;
  }

  private KeptAnswer answer(CallersKey key, byte[] requestHash) {
    Optional<IdempotencyKeys.Row> row = keys.find(key.hash());
    if (row.isPresent() && !MessageDigest.isEqual(row.get().requestHash(), requestHash)) {
      throw new ApiProblem(
          ProblemCode.IDEMPOTENCY_KEY_REUSED,
          "Another request was sent with this Idempotency-Key; each needs a key of its own.");
    }
    byte[] stored = row.map(IdempotencyKeys.Row::answer).orElse(null);
    if (stored == null) {
      throw row.isPresent() && row.get().lost()
          ? new ApiProblem(
              ProblemCode.IDEMPOTENCY_ANSWER_LOST,
              "The request with this Idempotency-Key was done, or begun and cut off, and its answer is lost. Look at what it created or changed; for what is missing send another request with another key.")
          : new ApiProblem(
              ProblemCode.IDEMPOTENCY_KEY_IN_USE,
              "A request with this Idempotency-Key is under way, or was cut off. Send it again in a while: five minutes after it began it is done, or told to be done already.");
    }
    return key.decrypt(stored)
        .map(this::read)
        .orElseThrow(() -> new IllegalStateException("a kept answer can't be read"));
  }

  private KeptAnswer read(byte[] text) {
    try {
      return json.readValue(text, KeptAnswer.class);
    } catch (JacksonException unreadable) {
      throw new IllegalStateException("a kept answer can't be read", unreadable);
    }
  }

  private static void replay(KeptAnswer answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    response.setHeader("Idempotent-Replayed", "true");
    if (answer.location() != null) {
      response.setHeader("Location", answer.location());
    }
    if (answer.contentType() != null) {
      response.setContentType(answer.contentType());
    }
    response.getOutputStream().write(answer.body());
  }

  private static CallersKey key(HttpServletRequest request) {
    String key = request.getHeader(HEADER);
    if (!WELL_FORMED.matcher(key).matches()) {
      throw ApiProblem.invalid(
          "An Idempotency-Key has 1 to 128 visible ASCII characters, such as a uuid.");
    }
    return new CallersKey(
        request.getHeader("Authorization").substring("Bearer ".length()).strip(),
        request.getMethod() + " " + request.getRequestURI(),
        key);
  }

  private static byte[] requestHash(RequestReadTwice request) {
    return CallersKey.Digest.of(
        Objects.requireNonNullElse(request.getQueryString(), ""),
        Objects.requireNonNullElse(request.getHeader("X-Project-Id"), ""),
        Base64.getEncoder().encodeToString(request.body()));
  }

  private static @Nullable Caller caller() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication != null && authentication.getPrincipal() instanceof Caller caller
        ? caller
        : null;
  }
}
