package dev.threadmill.ingest.chatwoot;

/** Orders of the contact list; without one the server gives none, and pages mean nothing. */
public enum ContactSort {
  CREATED_FIRST("created_at"),
  CREATED_LAST("-created_at"),
  NAME("name"),
  EMAIL("email");

  private final String parameter;

  ContactSort(String parameter) {
    this.parameter = parameter;
  }

  String parameter() {
    return parameter;
  }
}
