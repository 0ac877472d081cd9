package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.AccountFile;
import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Truth;
import dev.threadmill.localstack.chatwoot.story.Story;
import dev.threadmill.localstack.testing.SettableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountFileTest {
  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();

  @Test
  void an_account_is_the_same_after_a_restart_and_gives_out_no_id_twice() {
    ChatwootAccount account = new ChatwootAccount(1, clock, 42);
    Story.tell(account, 42);
    Truth before = account.truth();
    new AccountFile(account, folder.resolve("account.gz")).save();

    ChatwootAccount restored = new ChatwootAccount(1, clock, 42);
    assertThat(new AccountFile(restored, folder.resolve("account.gz")).load()).isTrue();
    Truth after = restored.truth();

    assertThat(after.contacts()).isEqualTo(before.contacts());
    assertThat(after.messages()).isEqualTo(before.messages());
    assertThat(after.conversations())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(before.conversations());
    long conversation = after.conversations().getFirst().id();
    assertThat(restored.messages().incoming(conversation, "New"))
        .isGreaterThan(before.messages().getLast().id() + 999);
  }

  @Test
  void nothing_saved_is_nothing_loaded() {
    ChatwootAccount account = new ChatwootAccount(1, clock, 42);

    assertThat(new AccountFile(account, folder.resolve("none.gz")).load()).isFalse();
  }
}
