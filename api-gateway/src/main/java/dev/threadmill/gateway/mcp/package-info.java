/** Reading for language-model agents, by the Model Context Protocol. */
@NullMarked
package dev.threadmill.gateway.mcp;

import org.jspecify.annotations.NullMarked;
