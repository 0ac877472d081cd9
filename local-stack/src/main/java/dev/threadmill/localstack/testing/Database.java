package dev.threadmill.localstack.testing;

/**
 * How a test reaches its database.
 *
 * @param username a superuser
 */
public record Database(String jdbcUrl, String username, String password) {}
