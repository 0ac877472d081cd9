package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.event.Topic;
import dev.threadmill.gateway.page.Parameters;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; null: any.
 *
 * @param topic where the records stood
 * @param group whose listener could not use them
 * @param projectId of this project only; what is no event belongs to none
 * @param from put aside at this time or later
 * @param to put aside before this time
 */
public record DeadLetterFilter(
    @Nullable String topic,
    @Nullable String group,
    @Nullable UUID projectId,
    @Nullable Instant from,
    @Nullable Instant to) {

  /** What was sent, checked. */
  public static DeadLetterFilter of(
      @Nullable UUID projectId,
      @Nullable String topic,
      @Nullable String group,
      @Nullable String from,
      @Nullable String to) {
    return new DeadLetterFilter(
        Parameters.word(
            "topic", topic, Arrays.stream(Topic.values()).map(Topic::topicName).toList()),
        Parameters.text("group", group),
        projectId,
        Parameters.time("from", from),
        Parameters.time("to", to));
  }

  boolean takes(DeadLetterTopic from) {
    return (topic == null || topic.equals(from.topic().topicName()))
        && (group == null || group.equals(from.group()));
  }

  boolean takes(DeadLetter letter) {
    return (projectId == null || projectId.equals(letter.projectId()))
        && (from == null || !letter.at().isBefore(from))
        && (to == null || letter.at().isBefore(to));
  }
}
