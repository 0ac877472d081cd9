package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.ScriptedProvider;
import dev.threadmill.embed.WorkerTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageUpsertedListenerIT extends WorkerTest {

  @Test
  void an_announced_chunk_becomes_ready_with_the_vector_of_its_text() {
    Rows.Home home = rows.project();
    String text = unique("where is my parcel?");
    MessageUpserted event = rows.chunk(home, text);

    announce(List.of(event));

    untilAllReady(home, 1);
    Rows.Chunk chunk = rows.read(event.chunkId());
    assertThat(chunk.model()).isEqualTo("scripted");
    assertThat(chunk.attempts()).isZero();
    assertThat(rows.vector(chunk.id())).containsExactly(ScriptedProvider.vectorOf(text));
  }

  @Test
  void events_that_come_twice_are_paid_once() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      events.add(rows.chunk(home, unique("twice")));
    }

    announce(events);
    announce(events);
    untilAllReady(home, events.size());
    announce(events);
    MessageUpserted last = rows.chunk(home, unique("the last"));
    announce(List.of(last));

    untilAllReady(home, events.size() + 1);
    assertThat(provider.texts()).hasSize(events.size() + 1).doesNotHaveDuplicates();
  }
}
