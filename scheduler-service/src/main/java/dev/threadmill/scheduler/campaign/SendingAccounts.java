package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.project.BaseAddress;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.UnreadableSecretException;
import dev.threadmill.core.settings.Settings;
import java.net.URI;
import java.util.Optional;

/**
 * The token with which messages are sent to a source's account: its own, else the environment's,
 * which goes to the environment's server only. The same rule as for reading.
 */
final class SendingAccounts {
  private final SourceSecrets secrets;
  private final Optional<URI> server;
  private final Optional<String> token;

  SendingAccounts(Settings settings, SourceSecrets secrets) {
    this.secrets = secrets;
    this.server = settings.httpAddress("CHATWOOT_BASE_URL").map(BaseAddress::normal);
    this.token = settings.text("CHATWOOT_API_TOKEN");
  }

  /**
   * Empty when there is no token for it.
   *
   * @throws UnreadableSecretException when its own can't be decrypted
   */
  Optional<SendingAccount> of(Source source) {
    return secrets
        .apiToken(source.id())
        .or(
            () ->
                server.isPresent() && server.get().equals(BaseAddress.normal(source.baseUrl()))
                    ? token
                    : Optional.empty())
        .map(value -> new SendingAccount(source.baseUrl(), source.accountId(), value));
  }
}
