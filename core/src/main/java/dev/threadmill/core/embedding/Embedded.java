package dev.threadmill.core.embedding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answered request.
 *
 * @param vectors one per text, in the order of the texts
 * @param tokens what the provider counted and bills; null when it does not say
 * @param allowance what the provider says of its limits
 */
public record Embedded(List<float[]> vectors, @Nullable Long tokens, Allowance allowance) {}
