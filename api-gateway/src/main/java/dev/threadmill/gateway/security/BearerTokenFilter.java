package dev.threadmill.gateway.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
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

  BearerTokenFilter(TokenCheck tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader("Authorization");
    if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      tokens
          .caller(header.substring(SCHEME.length()).trim())
          .ifPresent(
              caller -> {
                var context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(
                    UsernamePasswordAuthenticationToken.authenticated(
                        caller, "", caller.scope().authorities()));
                SecurityContextHolder.setContext(context);
              });
    }
    chain.doFilter(request, response);
  }

  /** An answer that is written later (events of a run) belongs to the same caller. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }
}
