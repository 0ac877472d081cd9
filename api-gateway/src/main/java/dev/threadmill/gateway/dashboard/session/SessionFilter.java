package dev.threadmill.gateway.dashboard.session;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.KnownFailures;
import dev.threadmill.gateway.security.Admission;
import dev.threadmill.gateway.security.Admission.TooManyException;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Makes the caller of a session's token out of its cookie. The project that a page's address names
 * counts like one in the header {@code X-Project-Id}, so that all checks of the API hold here, too.
 */
public final class SessionFilter extends OncePerRequestFilter {
  private static final Pattern OF_A_PROJECT =
      Pattern.compile("/ui/projects/([0-9a-fA-F-]{36})(?:/.*)?");

  private final Sessions sessions;
  private final Admission admission;
  private final KnownFailures failures;
  private final Refusal refusal;

  /** How a request is answered that goes no further. */
  public interface Refusal {
    void write(HttpServletRequest request, HttpServletResponse response, ApiProblem problem)
        throws IOException;
  }

  public SessionFilter(
      Sessions sessions, Admission admission, KnownFailures failures, Refusal refusal) {
    this.sessions = sessions;
    this.admission = admission;
    this.failures = failures;
    this.refusal = refusal;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().startsWith("/assets/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      signIn(request);
    } catch (DataAccessException failed) {
      refusal.write(request, response, failures.problem(failed).orElseThrow(() -> failed));
      return;
    } catch (TooManyException tooMany) {
      response.setHeader("Retry-After", tooMany.retryAfter());
      refusal.write(request, response, tooMany.problem());
      return;
    }
    Matcher ofProject = OF_A_PROJECT.matcher(request.getRequestURI());
    chain.doFilter(
        ofProject.matches() ? new OfProject(request, ofProject.group(1)) : request, response);
  }

  private void signIn(HttpServletRequest request) throws TooManyException {
    Optional<byte[]> token = SessionCookie.of(request).flatMap(sessions::use);
    if (token.isPresent()) {
      admission.byHash(token.get()).ifPresent(Admission::signIn);
    }
  }

  private static final class OfProject extends HttpServletRequestWrapper {
    private final String project;

    OfProject(HttpServletRequest request, String project) {
      super(request);
      this.project = project;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(CallerProjectResolver.HEADER) ? project : super.getHeader(name);
    }
  }
}
