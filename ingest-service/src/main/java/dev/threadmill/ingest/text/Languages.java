package dev.threadmill.ingest.text;

import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.i18n.LdLocale;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import com.optimaize.langdetect.text.CommonTextObjectFactories;
import com.optimaize.langdetect.text.TextObjectFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the language of texts by their letters. The same text gives the same language; nothing
 * but the text decides.
 */
public final class Languages {
  /** Those whose stems the database knows (its function stemmer_of). */
  private static final Set<String> STEMMED = Set.of("de", "en", "es", "fr", "it", "nl", "pt", "ru");

  /**
   * Would be taken for one of the others if they were not known. Near relatives that few write are
   * left out: with Galician, Macedonian and the like one Spanish text in six is not recognised.
   */
  private static final Set<String> OTHERS =
      Set.of("cs", "da", "fi", "hu", "id", "no", "pl", "ro", "sv", "tr", "uk", "vi");

  /** Of 487 customers' sentences, 46 letters on average, 3 were taken for another language. */
  private static final double SURE = 0.9;

  /** So much tells the language; more of it only takes time. */
  private static final int ENOUGH = 300;

  private final LanguageDetector detector;
  private final TextObjectFactory texts = CommonTextObjectFactories.forDetectingOnLargeText();

  /** Reads the frequencies of letters, which takes most of a second. */
  public Languages() {
    List<LdLocale> known =
        Stream.concat(STEMMED.stream(), OTHERS.stream())
            .sorted()
            .map(LdLocale::fromString)
            .toList();
    try {
      this.detector =
          LanguageDetectorBuilder.create(NgramExtractors.standard())
              .withProfiles(new LanguageProfileReader().readBuiltIn(known))
              .minimalConfidence(SURE)
              .build();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * @return by ISO 639-1; null where it is none of those with stems, or where the text is too short
   *     to be sure
   */
  public @Nullable String of(String text) {
    String language =
        detector
            .detect(texts.forText(text.substring(0, Math.min(ENOUGH, text.length()))))
            .transform(LdLocale::getLanguage)
            .or("");
    return STEMMED.contains(language) ? language : null;
  }
}
