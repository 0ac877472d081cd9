/**
 * An embeddings endpoint like OpenAI's for tests, benchmarks and the demo: same limits and errors.
 */
@NullMarked
package dev.threadmill.localstack.openai;

import org.jspecify.annotations.NullMarked;
