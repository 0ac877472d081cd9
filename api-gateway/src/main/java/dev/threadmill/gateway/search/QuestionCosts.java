package dev.threadmill.gateway.search;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.embedding.Spending;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/**
 * Notes what the provider is paid for the questions of searches. They are added up here and written
 * every few seconds: no search waits for the row, which the project's workers write, too, and all
 * searches of a moment write it once. A crash costs the numbers of these seconds.
 */
@Component
class QuestionCosts implements InitializingBean, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(QuestionCosts.class);
  private static final long EVERY_SECONDS = 2;

  private final EmbeddingUsage usage;
  private final EmbeddingPrices prices;
  private final Map<Account, Spending> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clerk =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("question-costs").factory());
  private boolean failing;

  QuestionCosts(EmbeddingUsage usage, EmbeddingPrices prices) {
    this.usage = usage;
    this.prices = prices;
  }

  private record Account(UUID projectId, String model) {}

  /**
   * @param counted the provider's count of tokens; null: it told none
   */
  void add(UUID projectId, EmbeddingModel model, String question, @Nullable Long counted) {
    long tokens = counted != null ? counted : question.length() / 4 + 1;
    add(
        new Account(projectId, model.name()),
        new Spending(projectId, 1, 1, tokens, prices.of(model, tokens), 0, 0, 0, 0));
  }

  private void add(Account account, Spending spent) {
    open.merge(
        account,
        spent,
        (one, other) ->
            new Spending(
                one.projectId(),
                one.requests() + other.requests(),
                one.inputs() + other.inputs(),
                one.tokens() + other.tokens(),
                one.costUsd().add(other.costUsd()),
                0,
                0,
                0,
                0));
  }

  @Override
  public void afterPropertiesSet() {
    var unused =
        clerk.scheduleWithFixedDelay(this::write, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void write() {
    for (Account account : List.copyOf(open.keySet())) {
      Spending spent = open.remove(account);
      if (spent == null) {
        continue;
      }
      try {
        usage.add(List.of(spent), account.model());
        failing = false;
      } catch (DataIntegrityViolationException gone) {
        log.debug("a project was deleted before its questions were counted", gone);
      } catch (RuntimeException failed) {
        // Another time, when the database is there, or somebody gave the right to write it.
        add(account, spent);
        say(failed);
        if (DatabaseFailures.isAway(failed)) {
          return;
        }
      }
    }
  }

  private void say(RuntimeException failed) {
    if (!failing) {
      log.warn("what the questions of searches cost can't be written now", failed);
    }
    failing = true;
  }

  @Override
  public void destroy() {
    clerk.shutdown();
    write();
  }
}
