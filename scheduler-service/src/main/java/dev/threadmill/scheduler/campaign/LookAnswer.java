package dev.threadmill.scheduler.campaign;

/** What a conversation tells of a message that may have been sent. */
sealed interface LookAnswer {
  /** It was: under this number. */
  record Found(long messageId) implements LookAnswer {}

  /** It was not. */
  record Absent() implements LookAnswer {}

  /** One was deleted since that may have been it. */
  record Deleted() implements LookAnswer {}

  /** There is no such conversation any more. */
  record NoConversation() implements LookAnswer {}

  /** This conversation does not tell now; the sentence holds no secret. */
  record Unanswered(String why) implements LookAnswer {}

  /** The account does not answer at all, whatever is asked. */
  record AccountSilent(SendAnswer.NotNow why) implements LookAnswer {}
}
