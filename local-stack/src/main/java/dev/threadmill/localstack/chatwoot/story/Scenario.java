package dev.threadmill.localstack.chatwoot.story;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it is written in a file, with places to fill in.
 *
 * @param contact name, address and perhaps phone number of a fixed person; null for anybody
 */
record Scenario(
    String name,
    ScenarioFile file,
    List<Long> inboxes,
    List<String> labels,
    @Nullable String contact,
    String subject,
    boolean endsResolved,
    List<Turn> turns) {

  /** Who speaks. */
  enum Role {
    CUSTOMER,
    AGENT,
    NOTE,
    TEMPLATE,
    /** A customer's message that is deleted soon after. */
    DELETED
  }

  /**
   * One message.
   *
   * @param optional left out now and then
   * @param ago fixed time before the start, or null for a time that fits
   * @param wordings of which one is chosen
   */
  record Turn(Role role, boolean optional, @Nullable Duration ago, List<String> wordings) {}

  boolean fixed() {
    return turns.getFirst().ago() != null;
  }
}
