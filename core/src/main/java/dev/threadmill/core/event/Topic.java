package dev.threadmill.core.event;

import java.util.Arrays;

/**
 * The topics, the type of event on each, and the key that keeps related events in one partition.
 */
public enum Topic {
  SCHEDULER_TICK(Names.SCHEDULER_TICK, SchedulerTick.class),
  JOB_REQUESTED(Names.JOB_REQUESTED, JobRequested.class),
  JOB_FINISHED(Names.JOB_FINISHED, JobFinished.class),
  MESSAGE_UPSERTED(Names.MESSAGE_UPSERTED, MessageUpserted.class),
  CONVERSATION_HINTED(Names.CONVERSATION_HINTED, ConversationHinted.class);

  /** Names for annotations, which need constants. */
  public static final class Names {
    public static final String SCHEDULER_TICK = "scheduler.tick";
    public static final String JOB_REQUESTED = "job.requested";
    public static final String JOB_FINISHED = "job.finished";
    public static final String MESSAGE_UPSERTED = "message.upserted";
    public static final String CONVERSATION_HINTED = "conversation.hinted";

    private Names() {}
  }

  private final String topicName;
  private final Class<? extends Event> eventType;

  Topic(String topicName, Class<? extends Event> eventType) {
    this.topicName = topicName;
    this.eventType = eventType;
  }

  /** The topic's name, which is also the wire name of its events' type. */
  public String topicName() {
    return topicName;
  }

  Class<? extends Event> eventType() {
    return eventType;
  }

  public static Topic of(Event event) {
    return Arrays.stream(values())
        .filter(topic -> topic.eventType.isInstance(event))
        .findFirst()
        .orElseThrow();
  }

  public static String keyOf(Event event) {
    return switch (event) {
      case SchedulerTick tick -> tick.tickId().toString();
      case JobRequested requested -> requested.projectId().toString();
      case JobFinished finished -> finished.projectId().toString();
      case MessageUpserted upserted -> upserted.messageGlobalId();
      case ConversationHinted hinted -> hinted.sourceId() + ":" + hinted.conversationId();
    };
  }

  /** Where a consumer group puts the records of this topic that it can't use. */
  public static String deadLetters(String topicName, String group) {
    return topicName + "." + group + ".dlt";
  }
}
