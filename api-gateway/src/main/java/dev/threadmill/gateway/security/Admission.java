package dev.threadmill.gateway.security;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Lets callers in by their tokens, whatever way they come. Wrong tokens and requests are counted
 * for all ways together.
 */
@Component
public class Admission {
  private final TokenCheck tokens;
  private final RequestRates rates;
  private final WrongTokens wrongTokens;

  Admission(TokenCheck tokens, Settings settings) {
    RateSettings limits = RateSettings.of(settings);
    this.tokens = tokens;
    this.rates = new RequestRates(limits.requestsPerSecond(), TimeMeter.SYSTEM_NANOTIME);
    this.wrongTokens = new WrongTokens(limits.wrongTokensPerMinute(), TimeMeter.SYSTEM_NANOTIME);
  }

  /**
   * Who sends this token; empty when it is wrong.
   *
   * @throws TooManyException when too many wrong tokens came from the address, or too many requests
   *     with this one
   */
  public Optional<Caller> byToken(String token, String address) throws TooManyException {
    byte[] hash = TokenHash.of(token);
    refuse(wrongTokens.waitFor(address, hash));
    Optional<Caller> caller = tokens.caller(token);
    if (caller.isEmpty()) {
      refuse(wrongTokens.wrong(address, hash));
      return caller;
    }
    wrongTokens.right(hash);
    count(caller.get());
    return caller;
  }

  /**
   * The same for a token that was right once and is remembered by its hash; nothing can be tried
   * out this way, so it does not count among the wrong ones.
   *
   * @throws TooManyException when too many requests came with it
   */
  public Optional<Caller> byHash(byte[] tokenHash) throws TooManyException {
    Optional<Caller> caller = tokens.caller(tokenHash);
    if (caller.isPresent()) {
      count(caller.get());
    }
    return caller;
  }

  /** Whether a caller that was let in once would still be; does not count as a request. */
  public boolean stillKnows(Caller caller) {
    return tokens.stillKnows(caller);
  }

  private void count(Caller caller) throws TooManyException {
    Optional<Duration> afterRequests = rates.waitFor(caller);
    if (afterRequests.isPresent()) {
      throw new TooManyException(
          afterRequests.get(),
          ProblemCode.TOO_MANY_REQUESTS,
          "This token sends more requests than RATE_LIMIT_PER_SECOND allows; send fewer, and this one later.");
    }
  }

  private static void refuse(Optional<Duration> afterWrongOnes) throws TooManyException {
    if (afterWrongOnes.isPresent()) {
      throw new TooManyException(
          afterWrongOnes.get(),
          ProblemCode.TOO_MANY_WRONG_TOKENS,
          "Too many wrong tokens came from this address; send none for a while.");
    }
  }

  /** From here on this request is the caller's. */
  public static void signIn(Caller caller) {
    var context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            caller, "", caller.scope().authorities()));
    SecurityContextHolder.setContext(context);
  }

  /** Nobody looked at the token, or at what was asked with it. */
  public static final class TooManyException extends Exception {
    private final Duration wait;
    private final transient ApiProblem problem;

    TooManyException(Duration wait, ProblemCode code, String detail) {
      super(detail, null, false, false);
      this.wait = wait;
      this.problem = new ApiProblem(code, detail);
    }

    public ApiProblem problem() {
      return problem;
    }

    /** The value of {@code Retry-After}. */
    public String retryAfter() {
      return Long.toString(wait.toSeconds() + 1);
    }
  }
}
