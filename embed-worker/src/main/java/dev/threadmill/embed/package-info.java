/** Claims waiting chunks, embeds them and writes their vectors. */
@NullMarked
package dev.threadmill.embed;

import org.jspecify.annotations.NullMarked;
