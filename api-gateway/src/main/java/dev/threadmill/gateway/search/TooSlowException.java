package dev.threadmill.gateway.search;

import org.jspecify.annotations.Nullable;

/** A part of a search took longer than it may. */
final class TooSlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param cause null: it had no time even to begin
   */
  TooSlowException(@Nullable Throwable cause) {
    super("the search took longer than it may", cause);
  }
}
