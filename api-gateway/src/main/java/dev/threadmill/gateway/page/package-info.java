/** Lists in pages: places in them, and the parameters that all lists share. */
@NullMarked
package dev.threadmill.gateway.page;

import org.jspecify.annotations.NullMarked;
