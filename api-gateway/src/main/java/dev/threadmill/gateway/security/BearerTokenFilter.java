package dev.threadmill.gateway.security;

import dev.threadmill.gateway.problem.DatabaseOutage;
import dev.threadmill.gateway.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads {@code Authorization: Bearer …}. A wrong token leaves the request without a caller, which
 * closed paths refuse.
 */
final class BearerTokenFilter extends OncePerRequestFilter {
  private static final String SCHEME = "bearer ";

  private final TokenCheck tokens;
  private final DatabaseOutage outage;
  private final ProblemWriter problems;

  BearerTokenFilter(TokenCheck tokens, DatabaseOutage outage, ProblemWriter problems) {
    this.tokens = tokens;
    this.outage = outage;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader("Authorization");
    if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      try {
        tokens
            .caller(header.substring(SCHEME.length()).trim())
            .ifPresent(BearerTokenFilter::authenticate);
      } catch (DataAccessException failed) {
        problems.write(request, response, outage.problem(failed).orElseThrow(() -> failed));
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static void authenticate(Caller caller) {
    var context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            caller, "", caller.scope().authorities()));
    SecurityContextHolder.setContext(context);
  }
}
