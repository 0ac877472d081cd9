package dev.threadmill.ingest.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/** Counts tokens as the embedding models of OpenAI do (cl100k_base). */
public final class Tokens {
  private final Encoding encoding =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

  public int count(String text) {
    return encoding.countTokensOrdinary(text);
  }
}
