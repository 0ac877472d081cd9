package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.signal.SignalType;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.scheduler.SchedulerIT;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SignalsIT extends SchedulerIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int NEUTRAL_AXIS = 12;

  @Autowired private RunRequests requests;
  @Autowired private MeaningFinder finder;
  @Autowired private SignalTable table;
  @Autowired private KnownSignals known;
  @Autowired private Examples.Costs costs;
  @Autowired private UnreadVectors vectors;
  @Autowired private ExampleTable exampleTable;
  @Autowired private TransactionTemplate transaction;

  private Account account;
  private String contact;
  private String conversation;

  @BeforeEach
  void a_customer_with_a_conversation() {
    account = new Account(jdbc, newProject());
    contact = account.contact();
    conversation = account.conversation(contact);
  }

  /** The result of a run that ended well. */
  private JsonNode run() {
    return run("ok");
  }

  private JsonNode run(String status) {
    UUID run =
        requests
            .request(
                new RunRequest(
                    account.project,
                    JobType.SIGNALS_EXTRACTION,
                    RunTrigger.MANUAL,
                    "Ada",
                    Map.of()))
            .runId();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                jdbc.sql("select finished_at is not null from job_runs where id = :id")
                    .param("id", run)
                    .query(Boolean.class)
                    .single());
    return jdbc.sql("select status, error, result::text as result from job_runs where id = :id")
        .param("id", run)
        .query(
            (row, n) -> {
              assertThat(row.getString("status")).as(row.getString("error")).isEqualTo(status);
              return JSON.readTree(row.getString("result"));
            })
        .single();
  }

  private List<String> signals() {
    return jdbc.sql(
            """
            select type || ' ' || status || ' ' || occurrences from signals where project_id = :project
            order by type, created_at, status
            """)
        .param("project", account.project)
        .query(String.class)
        .list();
  }

  private List<String> evidence() {
    return jdbc.sql(
            "select quote from signal_evidence where project_id = :project order by said_at, quote")
        .param("project", account.project)
        .query(String.class)
        .list();
  }

  private void decide(String status) {
    jdbc.sql(
            """
            update signals set status = :status, decided_by = 'Ada', decided_at = now() where project_id = :project
            """)
        .param("status", status)
        .param("project", account.project)
        .update();
  }

  private int waiting() {
    return jdbc.sql("select count(*) from unread_vectors where project_id = :project")
        .param("project", account.project)
        .query(Integer.class)
        .single();
  }

  @Test
  void one_message_more_is_read_without_those_before_it() {
    for (int n = 0; n < 3; n++) {
      account.message(conversation, "I want my money back");
    }
    assertThat(run().path("messages").asInt()).isEqualTo(3);

    account.message(conversation, "I want my money back");
    JsonNode more = run();
    account.changeConversation(conversation, "labels = '{vip}'");
    JsonNode labelled = run();

    assertThat(more.path("messages").asInt()).isEqualTo(1);
    assertThat(signals()).containsExactly("refund_request accepted 4");
    assertThat(labelled.path("conversations").asInt()).isEqualTo(1);
    assertThat(labelled.path("messages").asInt()).isZero();
  }

  @Test
  void what_customers_say_becomes_signals_and_a_second_run_does_nothing() {
    account.message(conversation, "Hello! I want my money back. Thanks");
    account.message(conversation, "Верните мне деньги!", "incoming", "2 days");
    account.message(conversation, "Приложение постоянно вылетает", "incoming", "1 min");
    account.message(conversation, "I want to cancel my subscription", "outgoing", "0");
    account.change(account.message(conversation, "This is unacceptable"), "private = true");
    account.change(account.message(conversation, "This is unacceptable"), "deleted_at = now()");
    account.message(conversation, "Can you send me the invoice?");

    JsonNode first = run();

    assertThat(signals()).containsExactly("bug_report accepted 1", "refund_request accepted 2");
    assertThat(evidence())
        .containsExactly(
            "I want my money back", "Приложение постоянно вылетает", "Верните мне деньги");
    assertThat(
            jdbc.sql(
                    """
                    select count(*) from signals
                    where project_id = :project and contact_global_id = :contact and severity = 4
                      and last_seen_at - first_seen_at > interval '47 hours' and basis -> 'rule' ->> 'id' like '%refund%'
                    """)
                .param("project", account.project)
                .param("contact", contact)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
    assertThat(first.toString()).contains("\"signals_new\":2").doesNotContain("money");
    assertThat(run().toString()).contains("\"conversations\":0", "\"left\":false");
  }

  @Test
  void evidence_goes_with_its_message_and_a_signal_with_its_last_evidence() {
    String complaint = account.message(conversation, "Nobody answers my emails.");
    String refund = account.message(conversation, "I want a refund");
    String other = account.message(conversation, "Where is my parcel?");
    run();
    assertThat(signals()).hasSize(3);

    account.change(complaint, "content = 'Somebody answered, fine'");
    account.change(refund, "deleted_at = now(), content = null");
    account.change(other, "private = true, content = null");
    run();

    assertThat(signals()).isEmpty();
    assertThat(evidence()).isEmpty();
  }

  @Test
  void what_was_dismissed_stays_so_and_new_evidence_is_a_new_signal() {
    String message = account.message(conversation, "I want a refund");
    run();
    decide("dismissed");

    account.change(message, "status = 'read'");
    run();
    assertThat(signals()).containsExactly("refund_request dismissed 1");
    account.message(conversation, "Give me my money back", "incoming", "1 hour");
    run();

    assertThat(signals())
        .containsExactly("refund_request dismissed 1", "refund_request accepted 1");

    account.changeConversation(conversation, "deleted_at = now()");
    run();
    assertThat(signals()).containsExactly("refund_request dismissed 0");
    assertThat(evidence()).as("no words are kept").containsExactly("");
    account.changeConversation(conversation, "deleted_at = null");
    run();
    assertThat(signals())
        .as("what was decided is not asked again")
        .containsExactly("refund_request dismissed 1", "refund_request accepted 1");
  }

  @Test
  void what_was_read_before_an_erasure_can_not_be_written_after_it() {
    Map<String, Dossier> read = known.load(List.of(conversation), List.of("cwmsg:1"));
    Objects.requireNonNull(read.get(conversation))
        .said(
            "cwmsg:1",
            Instant.now(),
            List.of(new ByWords(SignalType.COMPLAINT, "en.rule", 3, 0.9, "a quote")),
            List.of());
    jdbc.sql("delete from changed_conversations where conversation_global_id = :id")
        .param("id", conversation)
        .update();
    jdbc.sql("delete from cw_conversations where global_id = :id")
        .param("id", conversation)
        .update();

    assertThatThrownBy(() -> table.write(account.project, read.values(), Map.of()))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThat(signals()).isEmpty();
  }

  @Test
  void signals_follow_a_conversation_to_another_contact_and_go_with_it() {
    account.message(conversation, "I want a refund");
    run();
    String other = account.contact();
    account.changeConversation(conversation, "contact_global_id = '" + other + "'");
    run();
    assertThat(
            jdbc.sql("select contact_global_id from signals where project_id = :project")
                .param("project", account.project)
                .query(String.class)
                .single())
        .isEqualTo(other);

    account.changeConversation(conversation, "deleted_at = now()");
    run();
    assertThat(signals()).isEmpty();
  }

  @Test
  void a_projects_own_rules_are_looked_for_besides() {
    jdbc.sql(
            """
            insert into signal_rules (project_id, name, type, severity, confidence, phrases)
            values (:project, 'rocket', 'praise', 2, 0.5, '{to the (moon|stars)}')
            """)
        .param("project", account.project)
        .update();
    account.message(conversation, "You bring us to the moon!");

    run();

    assertThat(signals()).containsExactly("praise proposed 1");
  }

  @Test
  void rules_that_change_are_applied_to_what_was_read_before() {
    account.message(conversation, "You bring us to the stars, not to the moon!");
    account.message(account.conversation(contact), "Nothing of importance");
    assertThat(run().toString()).contains("\"outdated\":0");
    jdbc.sql(
            """
            insert into signal_rules (project_id, name, type, severity, confidence, phrases)
            values (:project, 'rocket', 'praise', 2, 0.7, '{to the stars}')
            """)
        .param("project", account.project)
        .update();

    assertThat(run().toString()).contains("\"outdated\":2", "\"left\":false");
    assertThat(signals()).containsExactly("praise accepted 1");
    assertThat(run().toString()).contains("\"outdated\":0", "\"messages\":0");

    jdbc.sql("delete from signal_rules where project_id = :project")
        .param("project", account.project)
        .update();
    assertThat(run().toString()).contains("\"outdated\":2");
    assertThat(signals()).isEmpty();
  }

  @Test
  void a_message_more_in_a_conversation_of_thousands_is_one_message_more() {
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
              private, created_at, changed_at, data)
            select 'cwmsg:' || :project || ':1:' || n, :project, :conversation, n, 'incoming', 'Error 502 again', false,
              now() - n * interval '1 min', now() - interval '2 hours', '{}'
            from generate_series(1001, 3500) n
            """)
        .param("project", account.project)
        .param("conversation", conversation)
        .update();
    run();
    assertThat(signals()).containsExactly("bug_report accepted 2500");
    String more = account.message(conversation, "Error 503 now");

    assertThat(run().toString()).contains("\"messages\":1,");

    assertThat(signals()).containsExactly("bug_report accepted 2501");
    Signal loaded =
        Objects.requireNonNull(
                transaction.execute(
                    status -> known.load(List.of(conversation), List.of(more)).get(conversation)))
            .signals()
            .getFirst();
    assertThat(loaded.evidence()).extracting(Evidence::messageId).containsExactly(more);
    assertThat(loaded.occurrences()).isEqualTo(2501);

    account.change(more, "deleted_at = now(), content = null");
    run();
    assertThat(signals()).containsExactly("bug_report accepted 2500");
    assertThat(
            jdbc.sql(
                    """
                    select count(*) filter (where e.confidence > 0) = s.occurrences and max(said_at) = s.last_seen_at
                      and min(said_at) = s.first_seen_at
                    from signals s join signal_evidence e on e.signal_id = s.id where s.project_id = :project group by s.id
                    """)
                .param("project", account.project)
                .query((row, n) -> row.getBoolean(1))
                .single())
        .isTrue();
  }

  @Test
  void one_bad_message_is_set_aside_and_harms_no_other() {
    jdbc.sql(
            """
            create or replace function refuse() returns trigger language plpgsql as $$
            begin raise exception 'refused'; end $$;
            create or replace trigger refuse before insert on signal_evidence for each row
            when (new.quote like '%unbearable-42%') execute function refuse()
            """)
        .update();
    account.message(conversation, "I want a refund, unbearable-42");
    account.message(conversation, "This is unacceptable!");
    account.message(account.conversation(contact), "The app keeps crashing");

    assertThat(run("partial").toString()).contains("\"set_aside\":1");

    assertThat(signals()).containsExactly("bug_report accepted 1", "complaint accepted 1");
    jdbc.sql("drop trigger refuse on signal_evidence").update();
    jdbc.sql(
            "update changed_conversations set due_at = now() where project_id = :project and failures > 0")
        .param("project", account.project)
        .update();
    run();
    assertThat(signals()).hasSize(3);
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

  @Test
  void a_customer_who_is_silent_against_habit_is_a_signal_until_it_writes_again() {
    for (int week = 7; week >= 1; week--) {
      account.message(conversation, "weekly report", "incoming", -(week + 3) * 7 + " days");
    }
    String rare = account.conversation(account.contact());
    account.message(rare, "once", "incoming", "-80 days");

    run();
    assertThat(signals()).containsExactly("communication_gap accepted 1");
    assertThat(run().toString()).contains("\"contacts_due\":0");

    // Merged: no message changed, and the silence goes along.
    String merged = account.contact();
    account.changeConversation(conversation, "contact_global_id = '" + merged + "'");
    run();
    assertThat(signals()).containsExactly("communication_gap accepted 1");
    assertThat(
            jdbc.sql(
                    "select contact_global_id from contact_rhythms where project_id = :project and visits > 1")
                .param("project", account.project)
                .query(String.class)
                .list())
        .containsExactly(merged);

    account.message(conversation, "here again");
    run();
    assertThat(signals()).containsExactly("communication_gap done 1");
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
