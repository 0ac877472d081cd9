package dev.threadmill.ingest.source;

import dev.threadmill.core.project.Sources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/** Gives the first project the account that the environment names, when it has none yet. */
public final class SourceBinding implements ApplicationRunner {
  private static final Logger log = LoggerFactory.getLogger(SourceBinding.class);

  private final SourceAccounts accounts;
  private final Sources sources;

  public SourceBinding(SourceAccounts accounts, Sources sources) {
    this.accounts = accounts;
    this.sources = sources;
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
            },
            () -> log.info("no CHATWOOT_BASE_URL is set: sources without a token are not synced"));
  }
}
