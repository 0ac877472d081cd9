package dev.threadmill.scheduler.campaign;

import java.util.UUID;

/**
 * A message that this run may send, once.
 *
 * @param fence the number of this claim; a write with an older one is refused
 * @param conversation Chatwoot's number of it
 */
record Claim(UUID id, long fence, long conversation, String text) {
  @Override
  public String toString() {
    return "message " + id;
  }
}
