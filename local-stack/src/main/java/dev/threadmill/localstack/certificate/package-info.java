/** Certificates for servers of our own, made with what the JDK brings along. */
@NullMarked
package dev.threadmill.localstack.certificate;

import org.jspecify.annotations.NullMarked;
