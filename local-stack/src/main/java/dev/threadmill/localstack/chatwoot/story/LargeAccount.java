package dev.threadmill.localstack.chatwoot.story;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.LongStream;

/** Fills an account with any number of plain texts, for benchmarks. No two texts are equal. */
public final class LargeAccount {
  private static final String[] WORDS =
      """
      order parcel delivery refund invoice payment account password error screen update export
      report stock label printer scanner teapot lamp backpack headset mug notebook desk courier
      address voucher discount seat plan contract renewal price support answer question problem
      arrived broken missing wrong late slow urgent happy angry kind quick please thank today
      yesterday tomorrow week month again still never always maybe because after before without
      """
          .strip()
          .split("\\s+", -1);

  private LargeAccount() {}

  /**
   * Spreads the messages over the conversations and over the past year; about every third one is an
   * agent's. Some 150 characters each; one contact for each three conversations.
   */
  public static void fill(ChatwootAccount account, int conversations, int messages, long seed) {
    Random random = new Random(seed);
    Instant start = account.clock().instant().minus(Duration.ofDays(365));
    long[] ids = open(account, conversations, start);
    Duration step = Duration.ofDays(364).dividedBy(Math.max(1, messages));
    for (int i = 0; i < messages; i++) {
      // One each first, then at random: none stays empty.
      long conversation = i < ids.length ? ids[i] : ids[random.nextInt(ids.length)];
      String text = text(random, i);
      boolean answer = i >= ids.length && random.nextInt(3) == 0;
      account.at(
          start.plus(step.multipliedBy(i)),
          () ->
              account
                  .messages()
                  .add(
                      answer
                          ? NewMessage.outgoing(conversation, text)
                          : NewMessage.incoming(conversation, text)));
    }
  }

  private static long[] open(ChatwootAccount account, int conversations, Instant start) {
    long[] contacts = new long[Math.max(1, conversations / 3)];
    account.at(
        start,
        () -> {
          for (int i = 0; i < contacts.length; i++) {
            contacts[i] = account.contacts().add("Customer " + i, "customer." + i + "@example.com");
          }
        });
    return LongStream.range(0, conversations)
        .map(
            i -> {
              long[] id = new long[1];
              account.at(
                  start.plusMillis(i),
                  () ->
                      id[0] = account.conversations().open(contacts[(int) (i % contacts.length)]));
              return id[0];
            })
        .toArray();
  }

  private static String text(Random random, int number) {
    StringBuilder text = new StringBuilder("Message ").append(number).append(':');
    int words = 12 + random.nextInt(24);
    for (int i = 0; i < words; i++) {
      text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.append('.').toString();
  }
}
