package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.event.Event;
import dev.threadmill.core.event.JobFinished;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.event.SchedulerTick;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an event speaks of: its ids, and nothing else that it holds. Null what its type has not.
 *
 * @param projectId null also where it concerns all projects
 */
public record EventIds(
    UUID eventId,
    Instant occurredAt,
    @Nullable UUID projectId,
    @Nullable UUID runId,
    @Nullable String jobType,
    @Nullable UUID tickId,
    @Nullable UUID sourceId,
    @Nullable Long conversationId,
    @Nullable String conversationGlobalId,
    @Nullable String messageGlobalId,
    @Nullable Long chunkId) {
  private static final Pattern GLOBAL_ID =
      Pattern.compile("(cw|cwmsg):[0-9a-f-]{36}:[0-9]{1,18}:[0-9]{1,18}");

  static EventIds of(Event event) {
    return switch (event) {
      case SchedulerTick tick -> ids(tick, null, null, tick.tickId());
      case JobRequested run -> ids(run, run.runId(), run.jobType().wireName(), null);
      case JobFinished run -> ids(run, run.runId(), run.jobType().wireName(), null);
      case ConversationHinted hint ->
          new EventIds(
              hint.eventId(),
              hint.occurredAt(),
              hint.projectId(),
              null,
              null,
              null,
              hint.sourceId(),
              hint.conversationId(),
              null,
              null,
              null);
      case MessageUpserted chunk ->
          new EventIds(
              chunk.eventId(),
              chunk.occurredAt(),
              chunk.projectId(),
              null,
              null,
              null,
              null,
              null,
              globalId(chunk.conversationGlobalId()),
              globalId(chunk.messageGlobalId()),
              chunk.chunkId());
    };
  }

  private static EventIds ids(
      Event event, @Nullable UUID runId, @Nullable String jobType, @Nullable UUID tickId) {
    return new EventIds(
        event.eventId(),
        event.occurredAt(),
        event.projectId(),
        runId,
        jobType,
        tickId,
        null,
        null,
        null,
        null,
        null);
  }

  /** A record may hold anything; what does not look like an id is not shown. */
  private static @Nullable String globalId(String text) {
    return GLOBAL_ID.matcher(text).matches() ? text : null;
  }
}
