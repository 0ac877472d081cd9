package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.signals.CustomerMessages.Conversation;
import dev.threadmill.scheduler.signals.Examples.OfRun;
import dev.threadmill.scheduler.signals.Examples.Provided.Failed;
import dev.threadmill.scheduler.signals.MeaningFinder.Found;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import dev.threadmill.scheduler.signals.UnreadVectors.Model;
import dev.threadmill.scheduler.signals.UnreadVectors.Near;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Compares new vectors with the examples, many at a time and with no request for any of them. */
@Component
final class VectorPass {
  private final ChangedConversations changes;
  private final UnreadVectors vectors;
  private final Examples examples;
  private final MeaningFinder finder;
  private final CustomerMessages messages;
  private final KnownSignals known;
  private final SignalTable signals;
  private final TransactionTemplate transaction;

  VectorPass(
      ChangedConversations changes,
      UnreadVectors vectors,
      Examples examples,
      MeaningFinder finder,
      CustomerMessages messages,
      KnownSignals known,
      SignalTable signals,
      TransactionTemplate transaction) {
    this.changes = changes;
    this.vectors = vectors;
    this.examples = examples;
    this.finder = finder;
    this.messages = messages;
    this.known = known;
    this.signals = signals;
    this.transaction = transaction;
  }

  /**
   * @param compared vectors
   */
  record Result(int compared, Written written) {}

  /**
   * Compares a project's vectors within one run.
   *
   * @param checkpoint between requests to a provider
   */
  OneRun begin(UUID project, Runnable checkpoint) {
    return new OneRun(project, examples.ofRun(project, checkpoint));
  }

  /** One run, in which the examples of each model are asked for once. */
  final class OneRun {
    private final UUID project;
    private final OfRun provided;

    private OneRun(UUID project, OfRun provided) {
      this.project = project;
      this.provided = provided;
    }

    /** Why vectors are not compared at present; empty: they are. Vectors wait meanwhile. */
    Optional<String> off() {
      return vectors
          .searched(project)
          .map(model -> provided.of(model).missing())
          .orElseGet(() -> Optional.of("the project has no vectors yet"));
    }

    /**
     * Sees to the examples of these chunks' models. Where nothing here can embed with one, its
     * chunks wait.
     *
     * @return why to go on later; empty: no provider failed
     */
    Optional<String> failure(List<Long> chunks) {
      return vectors.models(chunks).values().stream()
          .distinct()
          .map(provided::of)
          .flatMap(
              answer ->
                  answer instanceof Failed failed ? failed.missing().stream() : Stream.empty())
          .findFirst();
    }

    /** Works a batch in one transaction; when it fails, nothing of it is written. */
    Result work(List<Long> chunks) {
      return Objects.requireNonNull(transaction.execute(status -> inside(chunks)));
    }

    private Result inside(List<Long> chunks) {
      changes.alone(project, ChangeReader.SIGNALS);
      List<Long> unread = vectors.lock(project, chunks);
      Map<Long, Model> models = vectors.models(unread);
      // The others wait for their examples. Of a chunk that has no vector any more nothing is said.
      List<Long> ready =
          unread.stream()
              .filter(
                  chunk -> {
                    Model model = models.get(chunk);
                    return model == null || provided.has(model);
                  })
              .toList();
      vectors.read(project, ready);
      Set<Chunk> compared = new LinkedHashSet<>();
      List<Found> found = new ArrayList<>();
      for (Model model : Set.copyOf(models.values())) {
        if (provided.has(model)) {
          List<Near> near = vectors.near(project, ready, model.id());
          near.forEach(one -> compared.add(Chunk.of(one)));
          found.addAll(finder.find(near, model.name()));
        }
      }
      found.sort(
          Comparator.comparing((Found one) -> one.near().saidAt())
              .thenComparing(one -> one.near().messageId()));
      return new Result(ready.size(), write(project, compared, found));
    }
  }

  /** Chunks of a message with one text are one. */
  private record Chunk(String conversationId, String messageId, String textHash) {
    static Chunk of(Near near) {
      return new Chunk(near.conversationId(), near.messageId(), near.textHash());
    }
  }

  private Written write(UUID project, Set<Chunk> compared, List<Found> found) {
    List<String> conversations = compared.stream().map(Chunk::conversationId).distinct().toList();
    if (conversations.isEmpty()) {
      return Written.NOTHING;
    }
    Map<String, Dossier> dossiers =
        known.load(conversations, compared.stream().map(Chunk::messageId).distinct().toList());
    Map<Chunk, SignalType> types = new HashMap<>();
    found.forEach(one -> types.put(Chunk.of(one.near()), one.meaning().type()));
    for (Chunk chunk : compared) {
      Objects.requireNonNull(dossiers.get(chunk.conversationId()))
          .compared(chunk.messageId(), chunk.textHash(), types.get(chunk));
    }
    for (Found one : found) {
      Objects.requireNonNull(dossiers.get(one.near().conversationId()))
          .meant(one.near().messageId(), one.near().saidAt(), one.meaning());
    }
    Map<String, @Nullable String> contacts = new HashMap<>();
    for (Conversation conversation : messages.there(project, conversations)) {
      contacts.put(conversation.id(), conversation.contactId());
    }
    return signals.write(project, dossiers.values(), contacts);
  }

  /** One that can't be worked on is left out, so that it holds up no other. */
  void leaveOut(UUID project, long chunk) {
    vectors.read(project, List.of(chunk));
  }
}
