package dev.threadmill.core.campaign;

import java.util.Locale;

/** Why a contact gets nothing more of a campaign. */
public enum MemberStop {
  /** It wrote something since it was enrolled. */
  REPLIED,
  /** It does not want to be written to. */
  OPTED_OUT,
  /** It is blocked in Chatwoot. */
  BLOCKED,
  /** It is deleted, or is being erased. */
  CONTACT_GONE,
  /** There is no conversation to write in, or it belongs to somebody else now. */
  CONVERSATION_GONE,
  /** The same message went to a contact that Chatwoot has merged into it since. */
  MERGED,
  /** The account was removed from the project, or the project is archived. */
  SOURCE_GONE,
  /** The template needs something of the contact that is not known. */
  FIELD_MISSING,
  /** Chatwoot refused a message for good, or nobody can tell whether one was sent. */
  FAILED,
  /** A person ended the campaign. */
  CAMPAIGN_COMPLETED;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
