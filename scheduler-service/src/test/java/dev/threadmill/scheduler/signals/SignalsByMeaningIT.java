package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.signal.SignalType;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.transaction.support.TransactionTemplate;

/** Signals that vectors near an example show, and what the examples cost. */
class SignalsByMeaningIT extends SignalRuns {
  private static final int NEUTRAL_AXIS = 12;

  @Autowired private MeaningFinder finder;
  @Autowired private Examples.Costs costs;
  @Autowired private UnreadVectors vectors;
  @Autowired private ExampleTable exampleTable;
  @Autowired private TransactionTemplate transaction;

  private int waiting() {
    return jdbc.sql("select count(*) from unread_vectors where project_id = :project")
        .param("project", account.project)
        .query(Integer.class)
        .single();
  }

  @Test
  void vectors_near_an_example_are_signals_too_and_both_detectors_give_one() {
    examples("near");
    String text = "Ich habe nun wirklich die Nase voll von Ihnen";
    String angry = account.message(conversation, text);
    account.vector(angry, text, "near", Account.vector(axis(SignalType.CHURN_RISK), 0.3));
    String both = account.message(conversation, "I want my money back", "incoming", "1 min");
    account.vector(
        both, "I want my money back", "near", Account.vector(axis(SignalType.REFUND_REQUEST), 0.3));
    String agents = account.message(conversation, "what the team says", "outgoing", "0");
    account.vector(agents, "what the team says", "near", Account.vector(0, 0));
    String plain = account.message(conversation, "nothing of importance");
    account.vector(plain, "nothing of importance", "near", Account.vector(NEUTRAL_AXIS, 0));

    run();

    assertThat(signals()).containsExactly("churn_risk accepted 1", "refund_request accepted 1");
    assertThat(
            jdbc.sql(
                    """
                    select confidence > 0.9 and basis ->> 'combined' = 'noisy_or' from signals
                    where project_id = :project and type = 'refund_request'
                    """)
                .param("project", account.project)
                .query(Boolean.class)
                .single())
        .isTrue();
    assertThat(waiting()).isZero();

    // The message is edited: its vector goes, and what was said of its meaning with it.
    account.change(angry, "content = 'Alles in Ordnung mit dem Produkt'");
    account.vector(
        angry, "Alles in Ordnung mit dem Produkt", "near", Account.vector(NEUTRAL_AXIS, 0));
    run();
    assertThat(signals()).containsExactly("refund_request accepted 1");
  }

  @Test
  void a_new_vector_takes_back_what_the_one_before_it_said() {
    examples("first");
    examples("second");
    String text = "Ich habe nun wirklich die Nase voll von Ihnen";
    String angry = account.message(conversation, text);
    account.vector(angry, text, "first", Account.vector(axis(SignalType.CHURN_RISK), 0.3));
    String refund = "I want my money back";
    String both = account.message(conversation, refund, "incoming", "1 min");
    account.vector(both, refund, "first", Account.vector(axis(SignalType.REFUND_REQUEST), 0.3));
    run();
    assertThat(signals()).containsExactly("churn_risk accepted 1", "refund_request accepted 1");

    account.vector(angry, text, "second", Account.vector(NEUTRAL_AXIS, 0));
    account.vector(both, refund, "second", Account.vector(axis(SignalType.COMPLAINT), 0.3));
    run();

    assertThat(signals()).containsExactly("complaint accepted 1", "refund_request accepted 1");
    assertThat(
            jdbc.sql(
                    """
                    select basis ->> 'combined' from signals
                    where project_id = :project and type = 'refund_request'
                    """)
                .param("project", account.project)
                .query(String.class)
                .single())
        .as("the words say so still")
        .isEqualTo("single");
  }

  @Test
  void without_a_provider_it_goes_by_words_alone_and_vectors_wait() {
    String message = account.message(conversation, "I want my money back");
    account.vector(message, "I want my money back", "nobodys-model", Account.vector(0, 0));

    assertThat(run().toString()).contains("\"meaning_off\"");

    assertThat(signals()).containsExactly("refund_request accepted 1");
    assertThat(waiting()).isEqualTo(1);
  }

  @Test
  void vectors_of_a_model_that_can_not_be_had_wait_and_hold_up_no_other() {
    examples("had");
    String other = account.message(conversation, "said in another model");
    account.vector(other, "said in another model", "not-had", Account.vector(0, 0));
    String text = "Ich habe nun wirklich die Nase voll von Ihnen";
    String angry = account.message(conversation, text);
    account.vector(angry, text, "had", Account.vector(axis(SignalType.CHURN_RISK), 0.3));

    assertThat(run().toString()).contains("\"vectors\":1", "\"left\":false");

    assertThat(signals()).containsExactly("churn_risk accepted 1");
    assertThat(waiting()).isEqualTo(1);
  }

  @Test
  void a_provider_that_fails_is_asked_once_in_a_run() {
    String text = "said in a model whose provider fails";
    account.vector(account.message(conversation, text), text, "fails", Account.vector(0, 0));
    UnreadVectors.Model model = vectors.searched(account.project).orElseThrow();
    var asked = new AtomicInteger();
    EmbeddingOnDemand broken =
        name -> {
          asked.incrementAndGet();
          throw new IllegalStateException("a secret");
        };

    Examples.OfRun run =
        new Examples(exampleTable, broken, costs, finder, transaction)
            .ofRun(account.project, () -> {});

    assertThat(run.of(model)).isInstanceOf(Examples.Provided.Failed.class).isSameAs(run.of(model));
    assertThat(run.of(model).missing().orElseThrow())
        .contains("IllegalStateException")
        .doesNotContain("secret");
    assertThat(run.has(model)).isFalse();
    assertThat(asked).hasValue(1);
  }

  @Test
  void the_examples_are_embedded_once_per_model_and_what_they_cost_is_counted() {
    try (OpenAiSimulator provider = OpenAiSimulator.start()) {
      var settings =
          new Settings(
              new MockEnvironment()
                  .withProperty("OPENAI_API_KEY", OpenAiSettings.KEY)
                  .withProperty("OPENAI_BASE_URL", provider.baseUrl().toString()));
      var examples =
          new Examples(
              exampleTable, EmbeddingConfiguration.onDemand(settings), costs, finder, transaction);
      UnreadVectors.Model model = model("text-embedding-3-small", 1536);

      assertThat(examples.ofRun(account.project, () -> {}).of(model))
          .isInstanceOf(Examples.Provided.Ready.class);
      long sentences = provider.log().inputsEmbedded();
      long asked = provider.log().requests();
      assertThat(exampleTable.known(model.id())).hasSize((int) sentences);
      assertThat(usage("requests") + " " + usage("inputs")).isEqualTo(asked + " " + sentences);
      assertThat(usage("tokens")).isPositive();
      assertThat(usage("ceil(cost_usd * 1000000)")).isPositive();

      assertThat(examples.ofRun(account.project, () -> {}).of(model))
          .isInstanceOf(Examples.Provided.Ready.class);
      assertThat(provider.log().requests()).isEqualTo(asked);

      jdbc.sql(
              "delete from signal_examples where model_id = :model and type = 'praise' and sentence like 'You did%'")
          .param("model", model.id())
          .update();
      assertThat(examples.ofRun(account.project, () -> {}).of(model))
          .isInstanceOf(Examples.Provided.Ready.class);
      assertThat(provider.log().inputsEmbedded()).isEqualTo(sentences + 1);

      assertThat(
              examples
                  .ofRun(account.project, () -> {})
                  .of(model("text-embedding-3-large", 7))
                  .missing()
                  .orElseThrow())
          .contains("another width");
      assertThat(usage("inputs"))
          .as("of no use, and paid all the same")
          .isGreaterThan(sentences + 1);
      assertThat(examples.ofRun(account.project, () -> {}).of(model("all-MiniLM-L6-v2", 384)))
          .as("the bundled model is not named here")
          .isInstanceOf(Examples.Provided.Nobody.class);
    }
  }

  private long usage(String what) {
    return jdbc.sql(
            "select coalesce(sum("
                + what
                + "), 0)::bigint from embedding_usage where project_id = :project")
        .param("project", account.project)
        .query(Long.class)
        .single();
  }

  private UnreadVectors.Model model(String name, int width) {
    return jdbc.sql(
            """
            insert into embedding_models (name, width) values (:name, :width)
            on conflict (name) do update set width = excluded.width returning id
            """)
        .param("name", name)
        .param("width", width)
        .query((row, n) -> new UnreadVectors.Model(row.getInt("id"), name, width))
        .single();
  }

  private int axis(SignalType type) {
    return type.ordinal();
  }

  /** Each type's examples point along an axis of their own, so no provider is needed. */
  private void examples(String model) {
    jdbc.sql(
            "insert into embedding_models (name, width) values (:model, :width) on conflict do nothing")
        .param("model", model)
        .param("width", Account.WIDTH)
        .update();
    finder
        .meanings()
        .types()
        .forEach(
            (type, meaning) ->
                meaning
                    .examples()
                    .forEach(text -> example(model, type.wireName(), text, axis(type))));
    finder
        .meanings()
        .neutral()
        .forEach(text -> example(model, MeaningFinder.NEUTRAL, text, NEUTRAL_AXIS));
  }

  private void example(String model, String type, String sentence, int axis) {
    jdbc.sql(
            """
            insert into signal_examples (model_id, type, sentence, embedding)
            select id, :type, :sentence, :vector::halfvec from embedding_models where name = :model
            """)
        .param("type", type)
        .param("sentence", sentence)
        .param("vector", Account.vector(axis, 0))
        .param("model", model)
        .update();
  }
}
