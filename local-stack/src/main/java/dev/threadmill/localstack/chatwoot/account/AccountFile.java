package dev.threadmill.localstack.chatwoot.account;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the account's rows over a restart, so that what was synced from it stays true. */
public final class AccountFile {
  /** Room for ids that were given out after the last save and lost by a kill. */
  private static final int SKIPPED_IDS = 1000;

  private static final JsonMapper JSON =
      JsonMapper.builder().addMixIn(Conversation.class, FieldsOnly.class).build();

  private record Rows(
      List<Contact> contacts, List<Conversation> conversations, List<Message> messages) {}

  @JsonAutoDetect(
      fieldVisibility = JsonAutoDetect.Visibility.NON_PRIVATE,
      getterVisibility = JsonAutoDetect.Visibility.NONE)
  private abstract static class FieldsOnly {
    @JsonCreator
    @SuppressWarnings("unused")
    FieldsOnly(long id, String uuid, long inboxId, long contactId, Instant createdAt) {}
  }

  private final ChatwootAccount account;
  private final Path file;
  private long savedVersion = -1;

  public AccountFile(ChatwootAccount account, Path file) {
    this.account = account;
    this.file = file;
  }

  /** Puts the saved rows into the empty account; false when nothing was saved. */
  public boolean load() {
    if (!Files.exists(file)) {
      return false;
    }
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      Rows rows = JSON.readValue(in, Rows.class);
      account.restore(
          new Truth(rows.contacts(), rows.conversations(), rows.messages()), SKIPPED_IDS);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /** Writes the rows if they have changed since the last time. */
  public synchronized void save() {
    long version = account.version();
    if (version == savedVersion) {
      return;
    }
    Truth truth = account.truth();
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(fresh))) {
      JSON.writeValue(out, new Rows(truth.contacts(), truth.conversations(), truth.messages()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + fresh, e);
    }
    try {
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
      savedVersion = version;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot replace " + file, e);
    }
  }
}
