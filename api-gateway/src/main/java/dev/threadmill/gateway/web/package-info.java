/** Paths, JSON and the contract. */
@NullMarked
package dev.threadmill.gateway.web;

import org.jspecify.annotations.NullMarked;
