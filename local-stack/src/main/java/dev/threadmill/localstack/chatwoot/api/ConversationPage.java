package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.Sender;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /app/accounts/1/conversations/7}: in the place of Chatwoot's own screen a plain page, so
 * that links to a message lead somewhere in the demo.
 */
final class ConversationPage {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
      article{margin:.6rem 0;padding:.5rem .8rem;border-radius:.6rem;background:#eef1f4;
      white-space:pre-wrap;overflow-wrap:anywhere}
      .outgoing{background:#dcebff;margin-left:3rem}.incoming{margin-right:3rem}
      .activity{background:none;color:#666;text-align:center;font-size:.85em}
      .note{background:#fff3c9}article:target{outline:3px solid #e67700}small{color:#555}
      """;

  private final ChatwootAccount account;

  ConversationPage(ChatwootAccount account) {
    this.account = account;
  }

  Answer answer(List<String> path) {
    boolean known =
        path.size() == 5
            && path.get(1).equals("accounts")
            && path.get(2).equals(Long.toString(account.id()))
            && path.get(3).equals("conversations");
    if (!known) {
      return Answer.unknownRoute();
    }
    long id = Request.number(path.get(4));
    return account.read(
        () -> {
          Conversation row = account.conversations().find(id).orElse(null);
          return row == null ? Answer.unknownRoute() : Answer.html(200, page(row));
        });
  }

  private String page(Conversation row) {
    String who = account.contacts().find(row.contactId()).map(Contact::name).orElse("Somebody");
    String title = "Conversation " + row.id() + " with " + who;
    StringBuilder html =
        new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
            .append(escaped(title))
            .append("</title><style>")
            .append(STYLE)
            .append("</style></head><body><h1>")
            .append(escaped(title))
            .append("</h1><p><small>Simulated Chatwoot · ")
            .append(escaped(row.status() + " " + String.join(", ", row.labels())))
            .append("</small></p>");
    account.messages().of(row.id()).forEach(message -> append(html, message));
    return html.append("</body></html>").toString();
  }

  private void append(StringBuilder html, Message message) {
    html.append("<article dir=\"auto\" id=\"message")
        .append(message.id())
        .append("\" class=\"")
        .append(message.isPrivate() ? "note" : message.type().word())
        .append("\">");
    if (message.type() != MessageType.ACTIVITY) {
      html.append("<small>")
          .append(escaped(name(message.sender()) + ", " + message.createdAt()))
          .append("</small><br>");
    }
    html.append(escaped(message.content())).append("</article>");
  }

  private String name(@Nullable Sender sender) {
    if (sender == null) {
      return "Automatic";
    }
    if (sender.kind() == Sender.Kind.CONTACT) {
      return account.contacts().find(sender.id()).map(Contact::name).orElse("Visitor");
    }
    Desk.Agent agent = account.desk().findAgent(sender.id());
    return agent == null ? "Agent" : agent.name();
  }

  private static String escaped(@Nullable String text) {
    return text == null
        ? ""
        : text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;");
  }
}
