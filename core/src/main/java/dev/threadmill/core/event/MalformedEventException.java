package dev.threadmill.core.event;

/** A record's bytes are no event that this version understands; trying again does not help. */
public final class MalformedEventException extends RuntimeException {
  public MalformedEventException(String message) {
    super(message);
  }
}
