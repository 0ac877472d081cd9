package dev.threadmill.embed.claim;

import org.jspecify.annotations.Nullable;

/**
 * A claimed row with the vector of its text.
 *
 * @param remark what is to be known about the vector, such as a cut text; null as a rule
 */
public record EmbeddedChunk(ClaimedChunk chunk, float[] vector, @Nullable String remark) {}
