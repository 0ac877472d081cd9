package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.BaseAddress;
import dev.threadmill.gateway.problem.ApiProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A source as it is asked for, or what is to be changed of one. What is absent stays.
 *
 * @param baseUrl {@code http} or {@code https}, without user, query and fragment
 * @param accountId Chatwoot's number of the account
 * @param apiToken an administrator's access token; stored encrypted and never shown; an empty one
 *     takes a source's away
 * @param webhookSecret that Chatwoot signs webhooks with, 16 characters or more; stored encrypted
 *     and never shown; an empty one takes it away
 * @param webhookUnsigned whether webhooks without a signature are taken, as old servers send them
 */
public record SourceWish(
    @Nullable String baseUrl,
    @Nullable Long accountId,
    @Nullable String apiToken,
    @Nullable String webhookSecret,
    @Nullable Boolean webhookUnsigned) {
  private static final int LONGEST_URL = 500;
  private static final int LARGEST_PORT = 65_535;
  private static final long LARGEST_ACCOUNT = 999_999_999_999_999_999L;

  /** In the one spelling under which a server is known. */
  URI checkedBaseUrl() {
    try {
      if (baseUrl != null && baseUrl.length() <= LONGEST_URL) {
        URI uri = new URI(baseUrl.strip());
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        boolean plain =
            uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        boolean port = uri.getPort() == -1 || (uri.getPort() >= 1 && uri.getPort() <= LARGEST_PORT);
        if (http && plain && port && uri.getHost() != null) {
          return BaseAddress.normal(uri);
        }
      }
    } catch (URISyntaxException malformed) {
      // Said below. The value is not repeated: it might carry credentials.
    }
    throw ApiProblem.invalid(
        "'base_url' is an address such as https://chat.example.com, without user, query and fragment.");
  }

  long checkedAccount() {
    if (accountId == null || accountId < 1 || accountId > LARGEST_ACCOUNT) {
      throw ApiProblem.invalid("'account_id' is Chatwoot's number of the account, 1 or more.");
    }
    return accountId;
  }

  String checkedToken() {
    if (apiToken == null || !apiToken.matches("[\\x21-\\x7e]{1,512}")) {
      throw ApiProblem.invalid(
          "'api_token' is an access token of Chatwoot: 1 to 512 letters, digits and signs.");
    }
    return apiToken;
  }

  /** The webhook's secret; empty: none is wanted; null: nothing was said of it. */
  @Nullable String checkedWebhookSecret() {
    if (webhookSecret != null
        && !webhookSecret.isEmpty()
        && !webhookSecret.matches("[\\x20-\\x7e]{16,512}")) {
      throw ApiProblem.invalid(
          "'webhook_secret' has 16 to 512 letters, digits and signs, or none to take it away.");
    }
    return webhookSecret;
  }

  /** Whether the source's own token is to go, so that the environment's is used. */
  boolean takesTokenAway() {
    return apiToken != null && apiToken.isEmpty();
  }

  boolean changesWebhooks() {
    return webhookSecret != null || webhookUnsigned != null;
  }

  /** Without what nobody should see. */
  @Override
  public String toString() {
    return "source at " + baseUrl + ", account " + accountId;
  }
}
