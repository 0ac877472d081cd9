package dev.threadmill.ingest.chatwoot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the contact list.
 *
 * @param count what the server counts over all pages; null where it does not say
 */
public record ContactPage(List<ContactPayload> rows, @Nullable Long count) {}
