package dev.threadmill.gateway.security;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.stereotype.Component;

/**
 * Knows the bootstrap token of the environment and those of the table. Only hashes are kept and
 * compared.
 */
@Component
@DependsOnDatabaseInitialization
public class TokenCheck {
  private static final int MIN_LENGTH = 32;
  private static final int MAX_LENGTH = 512;
  private static final Caller BOOTSTRAP = new Caller(null, "bootstrap", Scope.ADMIN, null);

  private final ApiTokens tokens;
  private final Optional<byte[]> bootstrapHash;

  TokenCheck(Settings settings, ApiTokens tokens) {
    this.tokens = tokens;
    Optional<String> bootstrap = settings.text("API_TOKEN");
    if (bootstrap.isPresent() && bootstrap.get().length() < MIN_LENGTH) {
      throw new InvalidSettingException(
          "API_TOKEN", "is shorter than " + MIN_LENGTH + " characters");
    }
    if (bootstrap.isEmpty() && tokens.isEmpty()) {
      throw new InvalidSettingException(
          "API_TOKEN",
          "is not set and there is no other token; set it to "
              + MIN_LENGTH
              + " random characters or more");
    }
    this.bootstrapHash = bootstrap.map(TokenHash::of);
  }

  Optional<Caller> caller(String token) {
    if (token.isEmpty() || token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return caller(TokenHash.of(token));
  }

  Optional<Caller> caller(byte[] hash) {
    if (bootstrapHash.isPresent() && MessageDigest.isEqual(bootstrapHash.get(), hash)) {
      return Optional.of(BOOTSTRAP);
    }
    return tokens.find(hash);
  }

  /**
   * Whether a caller that was let in once would still be: its token is neither revoked nor expired,
   * and speaks for the same project. For answers that go on for long.
   */
  public boolean stillKnows(Caller caller) {
    UUID token = caller.tokenId();
    return token == null || tokens.find(token).filter(caller::equals).isPresent();
  }
}
