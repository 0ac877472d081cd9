/** What the build of the images does besides unpacking jars. */
@NullMarked
package dev.threadmill.localstack.image;

import org.jspecify.annotations.NullMarked;
