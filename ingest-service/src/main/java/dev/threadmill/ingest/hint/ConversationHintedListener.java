package dev.threadmill.ingest.hint;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.trace.Traces;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Hands {@code conversation.hinted} to the reader; the row decides whether there is something to
 * do.
 */
@Component
class ConversationHintedListener {
  private final EventCodec codec;
  private final HintReader reader;
  private final Traces traces;

  ConversationHintedListener(EventCodec codec, HintReader reader, Traces traces) {
    this.codec = codec;
    this.reader = reader;
    this.traces = traces;
  }

  @KafkaListener(
      topics = Topic.Names.CONVERSATION_HINTED,
      groupId = "${spring.application.name}.conversation-hinted")
  void on(ConsumerRecord<String, byte[]> record) {
    ConversationHinted hinted = codec.read(record.value(), ConversationHinted.class);
    try (var part = traces.begin("hint", Traces.of(record))) {
      part.with("threadmill.project_id", hinted.projectId().toString());
      reader.offer(new Hint.Key(hinted.sourceId(), hinted.conversationId()));
    }
  }
}
