package dev.threadmill.embed.request;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.threadmill.core.embedding.EmbeddingLimits;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A text that the provider takes: within its limit of tokens, cut between two words where it is
 * longer.
 *
 * @param remark says that and where it was cut; null when it is whole
 */
record InputText(String text, @Nullable String remark) {
  private static final int TOKENS = EmbeddingLimits.MAX_TOKENS_PER_INPUT;

  /** Loaded for the first long text only: the vocabulary takes some 20 MB. */
  private static final class Tokens {
    private static final Encoding ENCODING =
        Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);
  }

  static InputText fitting(String text) {
    // A token is a byte at least, so nearly every text passes without being counted.
    if (text.length() <= TOKENS && bytes(text) <= TOKENS) {
      return new InputText(text, null);
    }
    var encoded = Tokens.ENCODING.encodeOrdinary(text, TOKENS);
    if (!encoded.isTruncated()) {
      return new InputText(text, null);
    }
    String beginning = Tokens.ENCODING.decode(encoded.getTokens());
    String cut = beginning.substring(0, lastBoundary(beginning));
    return new InputText(
        cut,
        "the text is too long for the model: its vector stands for the first %d of %d characters"
            .formatted(cut.length(), text.length()));
  }

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int lastBoundary(String text) {
    var words = BreakIterator.getWordInstance(Locale.ROOT);
    words.setText(text);
    words.last();
    int boundary = words.previous();
    // One endless word is cut where it is.
    return boundary > text.length() / 2 ? boundary : text.length();
  }
}
