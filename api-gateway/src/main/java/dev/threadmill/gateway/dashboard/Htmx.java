package dev.threadmill.gateway.dashboard;

import jakarta.servlet.http.HttpServletRequest;

/** Whether a part of a page is wanted, or a page. */
public final class Htmx {
  private Htmx() {}

  public static boolean asks(HttpServletRequest request) {
    return "true".equals(request.getHeader("HX-Request"));
  }
}
