package dev.threadmill.core.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatwootTraceTest {
  @ParameterizedTest
  @CsvSource({
    "/api/v1/profile, /api/v1/profile",
    "/api/v1/accounts/7/conversations/4711/messages?after=9&before=12,"
        + " /api/v1/accounts/{id}/conversations/{id}/messages",
    "/api/v1/accounts/7/contacts/12, /api/v1/accounts/{id}/contacts/{id}",
    "/api/v1/accounts/7/contacts?q=ann@example.com, /api/v1/accounts/{id}/contacts"
  })
  void a_trace_tells_the_kind_of_request_and_neither_ids_nor_what_was_asked(
      String path, String told) {
    assertThat(ChatwootTrace.resource(path)).isEqualTo(told);
  }
}
