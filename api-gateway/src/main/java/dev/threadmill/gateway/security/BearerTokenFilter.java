package dev.threadmill.gateway.security;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.DatabaseOutage;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads {@code Authorization: Bearer …}. A wrong token leaves the request without a caller, which
 * closed paths refuse; too many wrong ones from an address, or too many requests with a right one,
 * are refused here.
 */
final class BearerTokenFilter extends OncePerRequestFilter {
  private static final String SCHEME = "bearer ";

  private final TokenCheck tokens;
  private final DatabaseOutage outage;
  private final ProblemWriter problems;
  private final RequestRates rates;
  private final WrongTokens wrongTokens;

  BearerTokenFilter(
      TokenCheck tokens, DatabaseOutage outage, ProblemWriter problems, RateSettings limits) {
    this.tokens = tokens;
    this.outage = outage;
    this.problems = problems;
    this.rates = new RequestRates(limits.requestsPerSecond(), TimeMeter.SYSTEM_NANOTIME);
    this.wrongTokens = new WrongTokens(limits.wrongTokensPerMinute(), TimeMeter.SYSTEM_NANOTIME);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader("Authorization");
    if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      try {
        authenticate(header.substring(SCHEME.length()).trim(), request.getRemoteAddr());
      } catch (DataAccessException failed) {
        problems.write(request, response, outage.problem(failed).orElseThrow(() -> failed));
        return;
      } catch (TooMany tooMany) {
        response.setHeader("Retry-After", Long.toString(tooMany.wait.toSeconds() + 1));
        problems.write(request, response, tooMany.problem);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private void authenticate(String token, String address) throws TooMany {
    byte[] hash = TokenHash.of(token);
    refuse(wrongTokens.waitFor(address, hash));
    Optional<Caller> caller = tokens.caller(token);
    if (caller.isEmpty()) {
      refuse(wrongTokens.wrong(address, hash));
      return;
    }
    wrongTokens.right(hash);
    Optional<Duration> afterRequests = rates.waitFor(caller.get());
    if (afterRequests.isPresent()) {
      throw new TooMany(
          afterRequests.get(),
          ProblemCode.TOO_MANY_REQUESTS,
          "This token sends more requests than RATE_LIMIT_PER_SECOND allows; send fewer, and this one later.");
    }
    signIn(caller.get());
  }

  private static void refuse(Optional<Duration> afterWrongOnes) throws TooMany {
    if (afterWrongOnes.isPresent()) {
      throw new TooMany(
          afterWrongOnes.get(),
          ProblemCode.TOO_MANY_WRONG_TOKENS,
          "Too many wrong tokens came from this address; send none for a while.");
    }
  }

  private static void signIn(Caller caller) {
    var context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            caller, "", caller.scope().authorities()));
    SecurityContextHolder.setContext(context);
  }

  private static final class TooMany extends Exception {
    private final Duration wait;
    private final transient ApiProblem problem;

    TooMany(Duration wait, ProblemCode code, String detail) {
      super(detail, null, false, false);
      this.wait = wait;
      this.problem = new ApiProblem(code, detail);
    }
  }
}
