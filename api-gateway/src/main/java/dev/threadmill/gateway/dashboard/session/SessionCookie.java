package dev.threadmill.gateway.dashboard.session;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that holds a session's id. No script sees it, no other site's page sends it, and it is
 * gone when the browser is.
 */
public final class SessionCookie {
  public static final String NAME = "threadmill_session";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");

  private SessionCookie() {}

  /** The id that a browser sends, whether there is such a session or not. */
  public static Optional<String> of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(NAME) && ID.matcher(cookie.getValue()).matches()) {
        return Optional.of(cookie.getValue());
      }
    }
    return Optional.empty();
  }

  public static void set(HttpServletRequest request, HttpServletResponse response, String id) {
    response.addHeader(HttpHeaders.SET_COOKIE, cookie(request, id).build().toString());
  }

  public static void clear(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader(HttpHeaders.SET_COOKIE, cookie(request, "").maxAge(0).build().toString());
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      HttpServletRequest request, String value) {
    return ResponseCookie.from(NAME, value)
        .httpOnly(true)
        .secure(request.isSecure())
        .sameSite("Strict")
        .path("/");
  }
}
