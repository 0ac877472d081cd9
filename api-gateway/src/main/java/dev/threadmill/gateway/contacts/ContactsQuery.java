package dev.threadmill.gateway.contacts;

import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Parameters;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of contacts, as they are sent.
 *
 * @param email the whole address, in any case
 * @param phone the whole number as Chatwoot has it
 * @param identifier the whole of it
 * @param blocked whether they are
 * @param from active at this time or later, ISO 8601 with an offset
 * @param to active before this time
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
record ContactsQuery(
    @Nullable String email,
    @Nullable String phone,
    @Nullable String identifier,
    @Nullable Boolean blocked,
    @Nullable String from,
    @Nullable String to,
    @Nullable String cursor,
    @Nullable Integer limit) {
  /** Contacts with a smaller number, or the same one and a smaller global id, come after it. */
  record Place(long contactId, String globalId) {}

  /** What passes; null lets everything pass. */
  record Filter(
      @Nullable String email,
      @Nullable String phone,
      @Nullable String identifier,
      @Nullable Boolean blocked,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Place after) {}

  Filter filter() {
    return new Filter(
        Parameters.text("email", email),
        Parameters.text("phone", phone),
        Parameters.text("identifier", identifier),
        blocked,
        Parameters.time("from", from),
        Parameters.time("to", to),
        Cursor.read(cursor, keys -> new Place(Long.parseLong(keys[0]), keys[1])));
  }
}
