package dev.threadmill.ingest.source;

import dev.threadmill.core.project.BaseAddress;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.UnreadableSecretException;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.ingest.chatwoot.ChatwootAccount;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The account that the environment names, and the token with which each source is read. */
public final class SourceAccounts {
  private static final String BASE_URL = "CHATWOOT_BASE_URL";
  private static final String TOKEN = "CHATWOOT_API_TOKEN";
  private static final String ACCOUNT = "CHATWOOT_ACCOUNT_ID";

  private static final String OWN_TOKEN = "the source's api_token";

  private final Optional<ChatwootAccount> environment;
  private final SourceSecrets secrets;

  private SourceAccounts(Optional<ChatwootAccount> environment, SourceSecrets secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /** All three {@code CHATWOOT_…} variables or none of them. */
  public static SourceAccounts of(Settings settings, SourceSecrets secrets) {
    List<String> missing = new ArrayList<>();
    for (String name : List.of(BASE_URL, TOKEN, ACCOUNT)) {
      if (settings.text(name).isEmpty()) {
        missing.add(name);
      }
    }
    if (missing.size() == 3) {
      return new SourceAccounts(Optional.empty(), secrets);
    }
    if (!missing.isEmpty()) {
      throw new InvalidSettingException(
          missing.getFirst(),
          "is not set, but another of %s, %s and %s is; set all three or none"
              .formatted(BASE_URL, TOKEN, ACCOUNT));
    }
    URI baseUrl = settings.httpAddress(BASE_URL).map(BaseAddress::normal).orElseThrow();
    long accountId = settings.whole(ACCOUNT, 0, 1, 999_999_999_999_999_999L);
    String token = settings.required(TOKEN, "an administrator's access token");
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw new InvalidSettingException(TOKEN, "holds characters that no token has");
    }
    return new SourceAccounts(Optional.of(new ChatwootAccount(baseUrl, accountId, token)), secrets);
  }

  Optional<ChatwootAccount> environment() {
    return environment;
  }

  /**
   * How to read a source: with its own token, else with the environment's, which is sent to the
   * environment's server only. Empty when there is no token for it.
   *
   * @throws UnreadableSecretException when its own can't be decrypted
   */
  public Optional<ChatwootAccount> accountOf(Source source) {
    return secrets
        .apiToken(source.id())
        .map(own -> new ChatwootAccount(source.baseUrl(), source.accountId(), own, OWN_TOKEN))
        .or(
            () ->
                environment
                    .filter(named -> named.baseUrl().equals(BaseAddress.normal(source.baseUrl())))
                    .map(
                        named ->
                            new ChatwootAccount(
                                source.baseUrl(), source.accountId(), named.token())));
  }
}
