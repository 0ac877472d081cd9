package dev.threadmill.gateway.idempotency;

import org.jspecify.annotations.Nullable;

/** What was answered, without the headers that every answer gets anew. */
record KeptAnswer(
    int status, @Nullable String location, @Nullable String contentType, byte[] body) {}
