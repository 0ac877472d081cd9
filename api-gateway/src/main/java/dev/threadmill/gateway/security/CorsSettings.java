package dev.threadmill.gateway.security;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Pages of other origins that may call the gateway from a browser.
 *
 * @param origins as browsers send them; empty: none
 */
public record CorsSettings(List<String> origins) {
  private static final Pattern ORIGIN =
      Pattern.compile("\\*|https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?");

  /** Reads {@code CORS_ALLOWED_ORIGINS}. */
  public static CorsSettings of(Settings settings) {
    List<String> origins =
        settings.text("CORS_ALLOWED_ORIGINS").stream()
            .flatMap(text -> List.of(text.split(",")).stream())
            .map(String::strip)
            .toList();
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new InvalidSettingException(
            "CORS_ALLOWED_ORIGINS",
            "has '"
                + origin
                + "'; expected origins such as https://dashboard.example.com with commas between them, or *");
      }
    }
    return new CorsSettings(origins);
  }

  /** Without cookies: who calls says so by a token, so another page gains nothing by a visitor. */
  CorsFilter filter(ProblemWriter problems) {
    var filter = new CorsFilter(source());
    filter.setCorsProcessor(new Processor(problems));
    return filter;
  }

  /** Refuses with a problem, as everything here does. */
  private static final class Processor extends DefaultCorsProcessor {
    private final ProblemWriter problems;

    Processor(ProblemWriter problems) {
      this.problems = problems;
    }

    @Override
    public boolean processRequest(
        @Nullable CorsConfiguration cors, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      boolean fine = super.processRequest(cors, request, response);
      if (!fine) {
        problems.write(
            request,
            response,
            new ApiProblem(
                ProblemCode.FORBIDDEN,
                "Pages of this origin may not send this; CORS_ALLOWED_ORIGINS says which may."));
      }
      return fine;
    }

    @Override
    protected void rejectRequest(ServerHttpResponse response) {
      // Said above.
    }
  }

  private UrlBasedCorsConfigurationSource source() {
    var cors = new CorsConfiguration();
    cors.setAllowedOrigins(origins);
    cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"));
    cors.setAllowedHeaders(
        List.of(
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-None-Match",
            "Last-Event-ID",
            // An agent in a browser sends both with each message after the first.
            "Mcp-Protocol-Version",
            "Mcp-Session-Id",
            "X-Project-Id",
            "X-Request-Id"));
    cors.setExposedHeaders(
        List.of("ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-Id"));
    cors.setMaxAge(Duration.ofHours(1));
    var source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
  }
}
