package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.QuietHours;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.Sources;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A simulated account that feeds a project, with what the sync has stored of it. */
final class Desk implements AutoCloseable {
  private static final Set<Integer> PORTS = ConcurrentHashMap.newKeySet();

  final ChatwootSimulator chatwoot = startWhereNoneWas();
  final UUID project;
  final Source source;
  private final JdbcClient jdbc;

  Desk(JdbcClient jdbc, UUID project, Sources sources, SourceSecrets secrets) {
    this.jdbc = jdbc;
    this.project = project;
    this.source = sources.bind(project, chatwoot.baseUrl(), ChatwootSimulator.ACCOUNT_ID);
    secrets.setApiToken(source.id(), ChatwootSimulator.ADMIN_TOKEN);
  }

  /**
   * The system gives ports again soon, but an account's address is bound once, and a kept
   * connection would lead to the account of an earlier test.
   */
  private static ChatwootSimulator startWhereNoneWas() {
    ChatwootSimulator started = ChatwootSimulator.start();
    if (PORTS.add(started.baseUrl().getPort())) {
      return started;
    }
    try (started) {
      return startWhereNoneWas();
    }
  }

  /** Somebody who wrote an hour ago. */
  record Customer(long contact, long conversation, String contactId, String conversationId) {}

  Customer customer(String name) {
    long contact = chatwoot.account().contacts().add(name, null);
    long conversation = chatwoot.account().conversations().open(contact);
    long first = chatwoot.account().messages().incoming(conversation, "Where is my parcel?");
    var customer =
        new Customer(
            contact,
            conversation,
            "cwc:%s:1:%d".formatted(project, contact),
            "cw:%s:1:%d".formatted(project, conversation));
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, data)
            values (:id, :project, :source, 1, :number, :name, '{"custom_attributes": {"plan": "gold"}}')
            """)
        .param("id", customer.contactId())
        .param("project", project)
        .param("source", source.id())
        .param("number", contact)
        .param("name", name)
        .update();
    storedConversation(customer);
    stored(customer, first, "Where is my parcel?", "1 hour");
    return customer;
  }

  /** The same one in a new conversation, as Chatwoot begins it when the last one is resolved. */
  Customer again(Customer customer) {
    long conversation = chatwoot.account().conversations().open(customer.contact());
    var again =
        new Customer(
            customer.contact(),
            conversation,
            customer.contactId(),
            "cw:%s:1:%d".formatted(project, conversation));
    storedConversation(again);
    return again;
  }

  private void storedConversation(Customer customer) {
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, inbox_id,
              contact_global_id, created_at, last_activity_at, data)
            values (:id, :project, :source, 1, :number, 'open', 1, :contact, now() - interval '1 hour',
              now() - interval '1 hour', '{}')
            """)
        .param("id", customer.conversationId())
        .param("project", project)
        .param("source", source.id())
        .param("number", customer.conversation())
        .param("contact", customer.contactId())
        .update();
  }

  /** The customer writes, and the sync stores it. */
  void writes(Customer customer) {
    writes(customer, "Thanks!");
  }

  void writes(Customer customer, String text) {
    stored(
        customer, chatwoot.account().messages().incoming(customer.conversation(), text), text, "0");
  }

  private void stored(Customer customer, long message, String text, String ago) {
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
              private, created_at, data)
            values (:id, :project, :conversation, :number, 'incoming', :text, false, now() - :ago::interval, '{}')
            """)
        .param("id", "cwmsg:%s:1:%d".formatted(project, message))
        .param("project", project)
        .param("conversation", customer.conversationId())
        .param("number", message)
        .param("text", text)
        .param("ago", ago)
        .update();
  }

  /** What the team's side said in a conversation. */
  List<String> outgoing(Customer customer) {
    return chatwoot.account().messages().of(customer.conversation()).stream()
        .filter(message -> message.type() == MessageType.OUTGOING)
        .map(Message::content)
        .toList();
  }

  static CampaignRules rules(
      boolean approveEach,
      int contactsPerWindow,
      int projectPerWeek,
      int contactPerWeek,
      QuietHours quiet) {
    return new CampaignRules(
        approveEach, true, "once", contactsPerWindow, 24, projectPerWeek, contactPerWeek, quiet);
  }

  static CampaignRules free() {
    return rules(false, 100, 100, 10, null);
  }

  static Step step(int day, String template) {
    return new Step(day, "chatwoot", template);
  }

  /** One that a person has approved. */
  UUID campaign(CampaignRules rules, Step... steps) {
    return campaign("approved", Segment.ALL, rules, steps);
  }

  UUID campaign(String state, Segment segment, CampaignRules rules, Step... steps) {
    var plan = new CampaignPlan(segment, List.of(steps), rules).checked();
    return jdbc.sql(
            """
            insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
            values (:project, 'a campaign', :state, :segment::jsonb, :steps::jsonb, :rules::jsonb, 'Noor',
              case when :state <> 'draft' then 'Noor' end, case when :state <> 'draft' then now() end)
            returning id
            """)
        .param("project", project)
        .param("state", state)
        .param("segment", plan.segmentJson())
        .param("steps", plan.stepsJson())
        .param("rules", plan.rulesJson())
        .query(UUID.class)
        .single();
  }

  /** The message of a customer's latest step. */
  Map<String, Object> message(Customer customer) {
    return jdbc.sql(
            """
            select *, extract(epoch from due_at - now())::int as due_in from outbound_messages
            where project_id = :project and contact_global_id = :contact order by step desc limit 1
            """)
        .param("project", project)
        .param("contact", customer.contactId())
        .query()
        .singleRow();
  }

  String state(Customer customer) {
    return (String) message(customer).get("state");
  }

  /** Its state, and why it was stopped. */
  String member(Customer customer) {
    return jdbc.sql(
            """
            select concat_ws(' ', state, stop_reason) from campaign_members
            where project_id = :project and contact_global_id = :contact
            """)
        .param("project", project)
        .param("contact", customer.contactId())
        .query(String.class)
        .single();
  }

  /** Moves the clock for a table's rows of this project. */
  void move(String change) {
    jdbc.sql("update " + change + " and project_id = :project").param("project", project).update();
  }

  /** So long after a request whose answer was lost that its conversation can tell. */
  void laterCheck() {
    move("outbound_messages set check_at = now() where check_at is not null");
  }

  @Override
  public void close() {
    chatwoot.close();
  }
}
