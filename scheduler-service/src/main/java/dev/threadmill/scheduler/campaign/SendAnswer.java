package dev.threadmill.scheduler.campaign;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of a message that was to be sent. Sentences hold neither a token nor a text. */
sealed interface SendAnswer {
  /** It is in the conversation under this number. */
  record Sent(long messageId) implements SendAnswer {}

  /**
   * It may be there or not: the conversation must be asked before anything else is done.
   *
   * @param answered whether Chatwoot answered at all
   */
  record Unclear(String why, boolean answered) implements SendAnswer {}

  /** It is certain that it is not there, and Chatwoot will not take it. */
  record Refused(String why) implements SendAnswer {}

  /** It is certain that it is not there: there is no such conversation. */
  record NoConversation() implements SendAnswer {}

  /**
   * It is certain that it is not there, and others would fare alike: the account can't be written
   * to now.
   *
   * @param errorClass the stable word for it in run results
   * @param retryAfter how long the server wants to be left alone; null: it does not say
   */
  record NotNow(String errorClass, String why, @Nullable Duration retryAfter)
      implements SendAnswer {}
}
