package dev.threadmill.gateway.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Everything is the same under {@code /v1}. Before security, so that one set of rules holds for
 * both.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class VersionPrefixFilter extends OncePerRequestFilter {
  private static final String PREFIX = "/v1";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean versioned = request.getRequestURI().startsWith(PREFIX + "/");
    chain.doFilter(versioned ? new WithoutPrefix(request) : request, response);
  }

  private static final class WithoutPrefix extends HttpServletRequestWrapper {
    WithoutPrefix(HttpServletRequest request) {
      super(request);
    }

    @Override
    public String getRequestURI() {
      return super.getRequestURI().substring(PREFIX.length());
    }

    @Override
    public String getServletPath() {
      String path = super.getServletPath();
      return path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    }
  }
}
