package dev.threadmill.gateway.security;

import java.util.UUID;

/**
 * The project a request speaks for, and who sends it; a controller that takes one as a parameter is
 * reached only with it.
 */
public record CallerProject(UUID id, Caller caller) {}
