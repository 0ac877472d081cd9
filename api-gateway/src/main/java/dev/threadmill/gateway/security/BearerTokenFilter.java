package dev.threadmill.gateway.security;

import dev.threadmill.gateway.problem.DatabaseOutage;
import dev.threadmill.gateway.problem.ProblemWriter;
import dev.threadmill.gateway.security.Admission.TooManyException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.dao.DataAccessException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads {@code Authorization: Bearer …}. A wrong token leaves the request without a caller, which
 * closed paths refuse; too many wrong ones from an address, or too many requests with a right one,
 * are refused here.
 */
final class BearerTokenFilter extends OncePerRequestFilter {
  private static final String SCHEME = "bearer ";

  private final Admission admission;
  private final DatabaseOutage outage;
  private final ProblemWriter problems;

  BearerTokenFilter(Admission admission, DatabaseOutage outage, ProblemWriter problems) {
    this.admission = admission;
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
        String token = header.substring(SCHEME.length()).trim();
        admission.byToken(token, request.getRemoteAddr()).ifPresent(Admission::signIn);
      } catch (DataAccessException failed) {
        problems.write(request, response, outage.problem(failed).orElseThrow(() -> failed));
        return;
      } catch (TooManyException tooMany) {
        response.setHeader("Retry-After", tooMany.retryAfter());
        problems.write(request, response, tooMany.problem());
        return;
      }
    }
    chain.doFilter(request, response);
  }
}
