package dev.threadmill.embed.request;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.embedding.Spending;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What was paid for answers whose rows could not be written. It is counted all the same, at once
 * or, while the database is away, with the next answer that can be written.
 */
final class OpenBills {
  private static final Logger log = LoggerFactory.getLogger(OpenBills.class);

  private final EmbeddingUsage usage;
  private final TransactionOperations transaction;
  private final Queue<Open> open = new ConcurrentLinkedQueue<>();

  OpenBills(EmbeddingUsage usage, TransactionOperations transaction) {
    this.usage = usage;
    this.transaction = transaction;
  }

  private record Open(Spending part, String model) {}

  void add(Bill bill, EmbeddingModel model) {
    bill.parts().forEach(part -> open.add(new Open(part, model.name())));
    settle();
  }

  /** Writes what is open; what the database does not take now stays so. */
  void settle() {
    for (Open next = open.poll(); next != null; next = open.poll()) {
      if (!written(next)) {
        open.add(next);
        return;
      }
    }
  }

  private boolean written(Open bill) {
    try {
      transaction.executeWithoutResult(status -> usage.add(List.of(bill.part()), bill.model()));
    } catch (RuntimeException failed) {
      if (DatabaseFailures.passes(failed)) {
        return false;
      }
      // Its project is gone, as a rule; nobody is left who could be told.
      log.warn("what was paid for project {} is not counted", bill.part().projectId(), failed);
    }
    return true;
  }
}
