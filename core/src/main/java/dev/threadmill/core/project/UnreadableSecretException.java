package dev.threadmill.core.project;

/**
 * A secret of a source can't be decrypted with the keys of the environment. The message says which
 * source and variable, and nothing of the secret.
 */
public final class UnreadableSecretException extends IllegalStateException {
  UnreadableSecretException(String message) {
    super(message);
  }
}
