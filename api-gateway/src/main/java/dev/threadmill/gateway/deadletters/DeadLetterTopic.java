package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.event.Topic;
import java.util.Arrays;
import java.util.Optional;

/**
 * A topic of dead letters.
 *
 * @param topic where the records stood, and where they are sent again
 * @param group whose listener could not use them
 */
record DeadLetterTopic(String name, Topic topic, String group) {
  private static final String SUFFIX = ".dlt";

  /** Empty when the name is not one of those that {@link Topic#deadLetters} gives. */
  static Optional<DeadLetterTopic> named(String name) {
    return Arrays.stream(Topic.values())
        .filter(topic -> name.startsWith(topic.topicName() + ".") && name.endsWith(SUFFIX))
        .filter(topic -> name.length() > topic.topicName().length() + 1 + SUFFIX.length())
        .map(
            topic ->
                new DeadLetterTopic(
                    name,
                    topic,
                    name.substring(
                        topic.topicName().length() + 1, name.length() - SUFFIX.length())))
        .findFirst();
  }
}
