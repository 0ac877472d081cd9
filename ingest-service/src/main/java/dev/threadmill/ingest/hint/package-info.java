/** What webhooks hinted at: each conversation is read by itself, within seconds. */
@NullMarked
package dev.threadmill.ingest.hint;

import org.jspecify.annotations.NullMarked;
