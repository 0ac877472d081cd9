package dev.threadmill.gateway.search;

/** A part of a search took longer than it may. */
final class TooSlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooSlowException(String longest, Throwable cause) {
    super("the search took longer than " + longest, cause);
  }
}
