package dev.threadmill.e2e;

import dev.threadmill.e2e.Api.Answer;
import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What people do all day, drawn from a seed: customers and agents write, edit, delete and sort at
 * Chatwoot, which sends its webhooks, and somebody starts syncs, searches and looks at the status.
 */
final class Traffic implements AutoCloseable {
  private static final List<String> STATUSES = List.of("open", "resolved", "pending");
  private static final List<String> THINGS = List.of("lamp", "kettle", "bicycle", "sofa", "radio");

  private final FaultStack faults;
  private final ChatwootAccount account;
  private final long seed;
  private final Random changes;
  private final Random calls;
  private final AtomicLong numbers = new AtomicLong();
  private final ScheduledExecutorService people = Executors.newScheduledThreadPool(2);
  private final Map<String, Boolean> texts = new ConcurrentHashMap<>();
  private final Map<Integer, Long> answers = new ConcurrentHashMap<>();
  private final Queue<String> wrongAnswers = new ConcurrentLinkedQueue<>();

  Traffic(FaultStack faults, long seed) {
    this.faults = faults;
    this.account = faults.chatwoot.account();
    this.seed = seed;
    this.changes = new Random(seed + 1);
    this.calls = new Random(seed + 2);
  }

  /** Some conversations to begin with. */
  void fill(int conversations) {
    for (int i = 0; i < conversations; i++) {
      converse();
    }
  }

  void start() {
    people.scheduleWithFixedDelay(this::change, 0, 50, TimeUnit.MILLISECONDS);
    people.scheduleWithFixedDelay(this::call, 0, 120, TimeUnit.MILLISECONDS);
  }

  /** Everybody goes home. */
  @Override
  public void close() {
    people.close();
  }

  /** All that was ever written, whatever became of it. */
  List<String> texts() {
    return List.copyOf(texts.keySet());
  }

  /** How many calls were answered with each status; 0: not at all. */
  Map<Integer, Long> answers() {
    return Map.copyOf(answers);
  }

  /** Answers that nobody should get, however badly things stand. */
  List<String> wrongAnswers() {
    return List.copyOf(wrongAnswers);
  }

  private void change() {
    try {
      changeOnce(changes.nextInt(20));
    } catch (RuntimeException wrong) {
      wrongAnswers.add("the simulator: " + wrong);
    }
  }

  private void changeOnce(int what) {
    switch (what) {
      case 0 -> converse();
      case 1, 2 -> withMessage(message -> account.messages().edit(message.id(), text()));
      case 3 -> withMessage(message -> account.messages().editSilently(message.id(), text()));
      case 4 -> withMessage(message -> account.messages().delete(message.id()));
      case 5 ->
          withMessage(message -> account.messages().setPrivate(message.id(), !message.isPrivate()));
      case 6 ->
          account
              .conversations()
              .setStatus(conversation(), STATUSES.get(changes.nextInt(STATUSES.size())));
      case 7 -> account.conversations().setLabels(conversation(), List.of("refund"));
      case 8 -> account.conversations().assign(conversation(), 1L + changes.nextInt(4));
      case 9 -> {
        if (changes.nextInt(5) == 0) {
          account.conversations().delete(conversation());
        }
      }
      default -> write(conversation());
    }
  }

  private void converse() {
    long contact =
        account.contacts().add(ContactDetails.named("Customer " + numbers.incrementAndGet()));
    long id =
        account
            .conversations()
            .add(
                NewConversation.with(contact)
                    .inbox(account.desk().inboxes().get(changes.nextInt(4)).id()));
    write(id);
    write(id);
  }

  private void write(long conversation) {
    account
        .messages()
        .add(
            changes.nextInt(3) == 0
                ? NewMessage.outgoing(conversation, text())
                : NewMessage.incoming(conversation, text()));
  }

  /** Each is written once, so that one that is embedded twice was paid twice. */
  private String text() {
    String text =
        "My %s of order S%d-%d has not arrived yet, and I would like to know where it is."
            .formatted(THINGS.get(changes.nextInt(THINGS.size())), seed, numbers.incrementAndGet());
    texts.put(text, true);
    return text;
  }

  private long conversation() {
    List<Conversation> all = account.conversations().all();
    if (all.isEmpty()) {
      converse();
      return account.conversations().all().getFirst().id();
    }
    return all.get(changes.nextInt(all.size())).id();
  }

  private void withMessage(java.util.function.Consumer<Message> what) {
    List<Message> all =
        account.messages().of(conversation()).stream()
            .filter(message -> !message.deleted())
            .filter(
                message ->
                    List.of(MessageType.INCOMING, MessageType.OUTGOING).contains(message.type()))
            .toList();
    if (!all.isEmpty()) {
      what.accept(all.get(changes.nextInt(all.size())));
    }
  }

  private void call() {
    int what = calls.nextInt(10);
    String thing = THINGS.get(calls.nextInt(THINGS.size()));
    try {
      judge(
          switch (what) {
            case 0, 1, 2 -> faults.api.post("/jobs/chatwoot/sync");
            case 3, 4 -> faults.api.get("/jobs/status");
            case 5 -> faults.api.get("/jobs/runs?limit=5");
            case 6 -> faults.api.post("/jobs/embeddings/run");
            default ->
                faults.api.post(
                    "/search",
                    Map.of("query", "where is the " + thing + " " + calls.nextInt(), "top_k", 5));
          });
    } catch (RuntimeException unreachable) {
      answers.merge(0, 1L, Long::sum);
    }
  }

  private void judge(Answer answer) {
    answers.merge(answer.status(), 1L, Long::sum);
    // Away is away; anything else that is not what was asked for is a fault of ours.
    if (answer.status() >= 300 && answer.status() != 503) {
      wrongAnswers.add(answer.status() + " " + answer.body());
    }
  }
}
