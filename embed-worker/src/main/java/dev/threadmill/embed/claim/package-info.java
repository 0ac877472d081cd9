/** The embedding columns of rag_chunks: claiming rows, giving them back, writing vectors. */
@NullMarked
package dev.threadmill.embed.claim;

import org.jspecify.annotations.NullMarked;
