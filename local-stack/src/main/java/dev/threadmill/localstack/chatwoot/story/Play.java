package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.account.Sender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One conversation with its people and texts chosen, of which some lines may have been said. */
final class Play {
  /** One message to come. */
  record Line(Scenario.Role role, String text, @Nullable Duration ago) {}

  final Scenario scenario;
  final List<Line> lines;
  private final Person person;
  private final long inbox;
  private final Desk.Agent agent;
  private final String subject;
  private int said;
  private long conversation;
  private boolean answered;
  private @Nullable String lastAnswer;

  Play(
      Scenario scenario,
      Person person,
      long inbox,
      Desk.Agent agent,
      String subject,
      List<Line> lines) {
    this.scenario = scenario;
    this.person = person;
    this.inbox = inbox;
    this.agent = agent;
    this.subject = subject;
    this.lines = lines;
  }

  boolean over() {
    return said == lines.size();
  }

  Line next() {
    return lines.get(said);
  }

  long conversation() {
    return conversation;
  }

  /** Says the next line now, by the account's clock; the first one opens the conversation. */
  void sayNext(ChatwootAccount account, Instant now) {
    Line line = next();
    if (said == 0) {
      open(account);
    }
    said++;
    switch (line.role()) {
      case CUSTOMER -> customer(account, line.text(), now);
      case DELETED -> account.messages().delete(customer(account, line.text(), now));
      case NOTE -> account.messages().add(NewMessage.note(conversation, line.text()).sender(us()));
      case TEMPLATE ->
          account.messages().add(NewMessage.of(conversation, MessageType.TEMPLATE, line.text()));
      case AGENT -> agent(account, line.text());
    }
  }

  private Sender us() {
    return Sender.user(agent.id());
  }

  private void open(ChatwootAccount account) {
    if (person.contactId == null || account.contacts().find(person.contactId).isEmpty()) {
      person.contactId = account.contacts().add(person.details);
    }
    Map<String, Object> attributes =
        inbox == 2
            ? Map.of("mail_subject", subject)
            : Map.of("referer", "https://shop.example.com/help");
    conversation =
        account
            .conversations()
            .add(
                NewConversation.with(person.contactId)
                    .inbox(inbox)
                    .additionalAttributes(attributes));
  }

  private long customer(ChatwootAccount account, String text, Instant now) {
    String address = person.details.email();
    if (inbox != 2 || address == null) {
      return account.messages().incoming(conversation, text);
    }
    String messageId = "<" + conversation + "." + said + "@mail.example.com>";
    // Every third mail comes without a text part, so that its content is HTML.
    boolean htmlOnly = (conversation + said) % 3 == 0;
    String content = htmlOnly ? Mail.html(text, person.name(), lastAnswer, now) : text;
    return account
        .messages()
        .add(
            NewMessage.incoming(conversation, content)
                .content(
                    "incoming_email",
                    Mail.attributes(
                        subject, address, person.name(), text, lastAnswer, now, messageId))
                .sourceId(messageId));
  }

  private void agent(ChatwootAccount account, String text) {
    if (!answered) {
      answered = true;
      account.conversations().assign(conversation, agent.id());
    }
    account.messages().add(NewMessage.outgoing(conversation, text).sender(us()));
    account.conversations().seenByAgent(conversation);
    lastAnswer = text;
  }

  /** Labels, and the end if the scenario has one. */
  void conclude(ChatwootAccount account, boolean resolve) {
    account.conversations().setLabels(conversation, scenario.labels());
    if (resolve) {
      account.conversations().setStatus(conversation, "resolved");
    }
  }
}
