/** Reading contacts. */
@NullMarked
package dev.threadmill.gateway.contacts;

import org.jspecify.annotations.NullMarked;
