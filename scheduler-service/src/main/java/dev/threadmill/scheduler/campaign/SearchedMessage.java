package dev.threadmill.scheduler.campaign;

import java.util.UUID;

/**
 * A message that may have been sent.
 *
 * @param after its number is higher than this
 */
record SearchedMessage(UUID id, String text, long after) {
  @Override
  public String toString() {
    return "message " + id;
  }
}
