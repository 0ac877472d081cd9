package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import org.jspecify.annotations.Nullable;

/** Somebody who writes in, perhaps more than once; a contact from the first message on. */
final class Person {
  final ContactDetails details;
  @Nullable Long contactId;

  Person(ContactDetails details) {
    this.details = details;
  }

  String name() {
    return details.name() == null ? "Visitor" : details.name();
  }
}
