/**
 * What a campaign is: the gateway lets people make and approve it, the scheduler carries it out.
 */
@NullMarked
package dev.threadmill.core.campaign;

import org.jspecify.annotations.NullMarked;
