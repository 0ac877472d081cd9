package dev.threadmill.gateway.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells browsers to be careful with every answer, also with those that are refused before Spring
 * Security could say so. That nothing is to be kept, Spring Security says.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class BrowserHeaders extends OncePerRequestFilter {
  /** Enough for the pages of our own; answers of the API show nothing and run nothing anyway. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
          + "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    set(response);
    chain.doFilter(request, response);
  }

  static void set(HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Content-Security-Policy", CONTENT_POLICY);
    response.setHeader("Referrer-Policy", "no-referrer");
  }
}
