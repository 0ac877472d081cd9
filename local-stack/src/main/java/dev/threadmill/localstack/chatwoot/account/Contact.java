package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One contact. A new value replaces the old one on every change, so a reader's copy never moves.
 */
public record Contact(
    long id,
    @Nullable String name,
    @Nullable String email,
    @Nullable String phoneNumber,
    @Nullable String identifier,
    boolean blocked,
    Map<String, Object> additionalAttributes,
    Map<String, Object> customAttributes,
    Instant createdAt,
    @Nullable Instant lastActivityAt) {

  /** Whether the contact list shows it: anonymous visitors are known as senders only. */
  public boolean listed() {
    return filled(email) || filled(phoneNumber) || filled(identifier);
  }

  private static boolean filled(@Nullable String value) {
    return value != null && !value.isEmpty();
  }

  Contact with(ContactDetails details) {
    return new Contact(
        id,
        details.name(),
        details.email(),
        details.phoneNumber(),
        details.identifier(),
        details.blocked(),
        details.additionalAttributes(),
        details.customAttributes(),
        createdAt,
        lastActivityAt);
  }

  Contact seenAt(Instant time) {
    return new Contact(
        id,
        name,
        email,
        phoneNumber,
        identifier,
        blocked,
        additionalAttributes,
        customAttributes,
        createdAt,
        time);
  }

  /** Its details, to change some of them and hand them to {@link Contacts#update}. */
  public ContactDetails details() {
    return new ContactDetails(
        name, email, phoneNumber, identifier, blocked, additionalAttributes, customAttributes);
  }
}
