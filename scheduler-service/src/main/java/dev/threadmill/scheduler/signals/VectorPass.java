package dev.threadmill.scheduler.signals;

import dev.threadmill.scheduler.signals.CustomerMessages.Conversation;
import dev.threadmill.scheduler.signals.MeaningFinder.Found;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import dev.threadmill.scheduler.signals.UnreadVectors.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Compares new vectors with the examples, many at a time and with no request for any of them. */
@Component
final class VectorPass {
  private final UnreadVectors vectors;
  private final Examples examples;
  private final MeaningFinder finder;
  private final CustomerMessages messages;
  private final SignalTable signals;
  private final TransactionTemplate transaction;

  VectorPass(
      UnreadVectors vectors,
      Examples examples,
      MeaningFinder finder,
      CustomerMessages messages,
      SignalTable signals,
      TransactionTemplate transaction) {
    this.vectors = vectors;
    this.examples = examples;
    this.finder = finder;
    this.messages = messages;
    this.signals = signals;
    this.transaction = transaction;
  }

  /** Why vectors are not compared at present; empty: they are. Vectors wait meanwhile. */
  Optional<String> off(UUID project) {
    return vectors
        .searched(project)
        .map(examples::provide)
        .orElseGet(() -> Optional.of("the project has no vectors yet"));
  }

  /** Works a batch in one transaction; when it fails, nothing of it is written. */
  Written work(UUID project, List<Long> chunks) {
    // Of a model that can't be had here nothing is said; when its rows are embedded anew, they come
    // again.
    List<Model> models =
        vectors.models(chunks).stream().filter(model -> examples.provide(model).isEmpty()).toList();
    return Objects.requireNonNull(transaction.execute(status -> inside(project, chunks, models)));
  }

  private Written inside(UUID project, List<Long> chunks, List<Model> models) {
    vectors.read(project, chunks);
    List<Found> found = new ArrayList<>();
    for (Model model : models) {
      found.addAll(finder.find(vectors.near(project, chunks, model.id()), model.name()));
    }
    List<String> conversations =
        found.stream().map(one -> one.near().conversationId()).distinct().toList();
    if (conversations.isEmpty()) {
      return Written.NOTHING;
    }
    Map<String, Dossier> dossiers = signals.load(conversations);
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
