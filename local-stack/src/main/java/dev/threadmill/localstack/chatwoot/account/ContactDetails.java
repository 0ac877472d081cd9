package dev.threadmill.localstack.chatwoot.account;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a person or a channel can say about a contact. */
public record ContactDetails(
    @Nullable String name,
    @Nullable String email,
    @Nullable String phoneNumber,
    @Nullable String identifier,
    boolean blocked,
    Map<String, Object> additionalAttributes,
    Map<String, Object> customAttributes) {

  public static ContactDetails named(@Nullable String name) {
    return new ContactDetails(name, null, null, null, false, Map.of(), Map.of());
  }

  public ContactDetails name(@Nullable String value) {
    return new ContactDetails(
        value, email, phoneNumber, identifier, blocked, additionalAttributes, customAttributes);
  }

  public ContactDetails email(@Nullable String value) {
    return new ContactDetails(
        name, value, phoneNumber, identifier, blocked, additionalAttributes, customAttributes);
  }

  public ContactDetails phoneNumber(@Nullable String value) {
    return new ContactDetails(
        name, email, value, identifier, blocked, additionalAttributes, customAttributes);
  }

  public ContactDetails identifier(@Nullable String value) {
    return new ContactDetails(
        name, email, phoneNumber, value, blocked, additionalAttributes, customAttributes);
  }

  public ContactDetails blocked(boolean value) {
    return new ContactDetails(
        name, email, phoneNumber, identifier, value, additionalAttributes, customAttributes);
  }

  public ContactDetails additionalAttributes(Map<String, Object> value) {
    return new ContactDetails(
        name, email, phoneNumber, identifier, blocked, value, customAttributes);
  }

  public ContactDetails customAttributes(Map<String, Object> value) {
    return new ContactDetails(
        name, email, phoneNumber, identifier, blocked, additionalAttributes, value);
  }
}
