package dev.threadmill.gateway.conversations;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.conversations.ConversationOrder.Place;
import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What is stored of a project's conversations, with the ways back to Chatwoot. */
@Service
public class Reading {
  private final Conversations conversations;
  private final Messages messages;
  private final Sources sources;

  Reading(Conversations conversations, Messages messages, Sources sources) {
    this.conversations = conversations;
    this.messages = messages;
    this.sources = sources;
  }

  List<ConversationView> conversations(
      UUID project,
      ConversationFilter filter,
      ConversationOrder order,
      @Nullable Place after,
      int limit) {
    return conversations.list(project, filter, order, after, limit, links(project));
  }

  /**
   * @param id its global id or Chatwoot's number
   * @throws ApiProblem when the project has none, or several
   */
  public ConversationView conversation(UUID project, String id) {
    GlobalId wanted = GlobalId.read("cw", project, id);
    return GlobalId.only(
        wanted == null ? List.of() : conversations.find(project, wanted, links(project)),
        "conversation");
  }

  List<MessageView> messages(
      UUID project,
      ConversationView conversation,
      MessageFilter filter,
      @Nullable Long after,
      int limit) {
    return messages.ofConversation(
        project, conversation.globalId(), filter, after, limit, links(project));
  }

  /**
   * What the contact and the team said to each other, oldest first, without private messages.
   *
   * @param after the number of the last message that is known already; null: from the beginning
   */
  public List<MessageView> said(
      UUID project, ConversationView conversation, @Nullable Long after, int limit) {
    return messages(project, conversation, MessageFilter.SAID, after, limit);
  }

  /**
   * A message of those.
   *
   * @throws ApiProblem when there is none
   */
  public MessageView said(UUID project, String globalId) {
    return messages
        .said(project, globalId, links(project))
        .orElseThrow(() -> ApiProblem.notFound("message"));
  }

  List<MessageView> messages(
      UUID project, MessageFilter filter, Messages.@Nullable Place after, int limit) {
    return messages.ofProject(project, filter, after, limit, links(project));
  }

  private ChatwootLinks links(UUID project) {
    return new ChatwootLinks(sources.ofProject(project));
  }
}
