package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the sync of one source ended.
 *
 * @param failure null when it came to its end
 * @param partial something is set aside
 */
record SourceResult(
    Map<String, Object> result,
    long messages,
    boolean partial,
    @Nullable ChatwootException failure) {}
