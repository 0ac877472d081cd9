package dev.threadmill.ingest.source;

import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.core.project.Sources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/**
 * Gives the first project the account that the environment names, when it has none yet, and that
 * account's source the webhook secret of the environment.
 */
public final class SourceBinding implements ApplicationRunner {
  private static final Logger log = LoggerFactory.getLogger(SourceBinding.class);

  private final SourceAccounts accounts;
  private final Sources sources;
  private final SourceWebhooks webhooks;
  private final WebhookSetting webhook;

  public SourceBinding(
      SourceAccounts accounts, Sources sources, SourceWebhooks webhooks, WebhookSetting webhook) {
    this.accounts = accounts;
    this.sources = sources;
    this.webhooks = webhooks;
    this.webhook = webhook;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    accounts
        .environment()
        .ifPresentOrElse(
            account -> {
              if (sources.bindFirst(account.baseUrl(), account.accountId())) {
                log.info("{} feeds the first project from now on", account);
              }
              sources
                  .find(account.baseUrl(), account.accountId())
                  .ifPresentOrElse(
                      this::setWebhook,
                      () ->
                          log.info(
                              "{} feeds no project: it was removed from one, or the first has a source already; it can be bound by hand",
                              account));
            },
            () -> log.info("no CHATWOOT_BASE_URL is set: sources without a token are not synced"));
  }

  /** Only where the environment says something: what was set by hand stays. */
  private void setWebhook(Source source) {
    if (webhook.isSet()) {
      webhook
          .secret()
          .ifPresentOrElse(
              secret -> webhooks.set(source.id(), secret, webhook.unsigned()),
              () -> webhooks.takeUnsigned(source.id(), webhook.unsigned()));
      log.info(
          "webhooks for {} belong to /webhooks/chatwoot/{}", source.watermarkName(), source.id());
    }
  }
}
