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
  /**
   * Enough for the page of the contract; answers of the API show nothing and run nothing anyway.
   */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
          + "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

  /** Of the dashboard, which has forms, and neither scripts nor styles inside its pages. */
  private static final String DASHBOARD_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    set(response, isOfDashboard(request.getRequestURI()) ? DASHBOARD_POLICY : CONTENT_POLICY);
    chain.doFilter(request, response);
  }

  private static boolean isOfDashboard(String path) {
    return path.equals("/") || path.startsWith("/ui/") || path.startsWith("/assets/");
  }

  static void set(HttpServletResponse response) {
    set(response, CONTENT_POLICY);
  }

  private static void set(HttpServletResponse response, String contentPolicy) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Content-Security-Policy", contentPolicy);
    response.setHeader("Referrer-Policy", "no-referrer");
  }
}
