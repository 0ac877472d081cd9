package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;

/**
 * What the nearness of a chunk to an example says of its message.
 *
 * @param example the sentence that it is nearest to
 * @param similarity cosine, up to 1
 * @param model whose space it was compared in
 * @param textHash the text that was compared
 */
record ByMeaning(
    SignalType type,
    String example,
    int severity,
    double similarity,
    double confidence,
    String model,
    String textHash,
    String quote) {}
