package dev.threadmill.localstack.chatwoot.account;

import java.util.List;

/**
 * The account at one moment, each list by rising id: what a complete sync has to end up with.
 *
 * @param messages of all conversations, private, activity and deleted ones too
 */
public record Truth(
    List<Contact> contacts, List<Conversation> conversations, List<Message> messages) {
  /** The messages of one conversation, by rising id. */
  public List<Message> messagesOf(long conversationId) {
    return messages.stream().filter(m -> m.conversationId() == conversationId).toList();
  }
}
