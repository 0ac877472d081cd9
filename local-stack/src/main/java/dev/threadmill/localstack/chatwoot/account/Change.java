package dev.threadmill.localstack.chatwoot.account;

import java.util.List;

/**
 * Something that happened and that Chatwoot tells webhooks about.
 *
 * @param event Chatwoot's event name
 * @param id of the message, conversation or contact the event is about
 * @param changedAttributes empty unless the event is about changed attributes
 */
public record Change(String event, long id, List<String> changedAttributes) {
  Change(String event, long id) {
    this(event, id, List.of());
  }
}
