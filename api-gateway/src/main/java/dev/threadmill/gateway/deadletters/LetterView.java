package dev.threadmill.gateway.deadletters;

import dev.threadmill.gateway.deadletters.Replays.Replayed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that was put aside: where it stood, why, and the ids it holds.
 *
 * @param id of the dead letter
 * @param topic where it stood
 * @param consumerGroup whose listener could not use it
 * @param at when it was put aside; Kafka keeps it for 30 days from then
 * @param usable false: it is no valid event, and would only come back
 * @param sizeBytes of the record's value, which is never shown
 * @param replays how often it was sent again, be it after an earlier death
 * @param lastReplayedAt when this letter was; null: it was not
 * @param event null when it is not usable
 */
public record LetterView(
    String id,
    String topic,
    String consumerGroup,
    Instant at,
    @Nullable String cause,
    boolean usable,
    int sizeBytes,
    @Nullable Integer originalPartition,
    @Nullable Long originalOffset,
    @Nullable Instant originalAt,
    int replays,
    @Nullable Instant lastReplayedAt,
    @Nullable String lastReplayedBy,
    @Nullable EventIds event) {
  static LetterView of(DeadLetter letter, @Nullable Replayed replayed) {
    return new LetterView(
        letter.id().toString(),
        letter.from().topic().topicName(),
        letter.from().group(),
        letter.at(),
        letter.cause(),
        letter.event() != null,
        Math.max(0, letter.record().serializedValueSize()),
        letter.originalPartition(),
        letter.originalOffset(),
        letter.originalAt(),
        letter.replaysBefore() + (replayed == null ? 0 : replayed.times()),
        replayed == null ? null : replayed.last(),
        replayed == null ? null : replayed.by(),
        letter.event() == null ? null : EventIds.of(letter.event()));
  }
}
