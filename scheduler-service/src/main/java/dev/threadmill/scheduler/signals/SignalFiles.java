package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.SignalType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads the files under {@code signals/}, which people edit. */
final class SignalFiles {
  static final List<String> LANGUAGES = List.of("en", "es", "pt", "de", "fr", "ru");

  private SignalFiles() {}

  /**
   * The rules of one language.
   *
   * @param common words that tell the language
   */
  record LanguageRules(String language, List<String> common, List<PhraseRule> rules) {}

  /**
   * What counts as near to a meaning.
   *
   * @param nearest the similarity at which it begins to count
   */
  record Meaning(int severity, double nearest, List<String> examples) {}

  /**
   * @param margin by so much an example must be nearer than the nearest neutral sentence
   * @param neutral sentences that mean no signal
   * @param models those that are not like the others, by name
   */
  record Meanings(
      Map<SignalType, Meaning> types,
      double margin,
      List<String> neutral,
      Map<String, ModelTraits> models) {
    ModelTraits of(String model) {
      return models.getOrDefault(model, ModelTraits.ORDINARY);
    }
  }

  /**
   * @param shift of every threshold
   * @param languages of which it knows enough; empty: any
   */
  record ModelTraits(double shift, Set<String> languages) {
    static final ModelTraits ORDINARY = new ModelTraits(0, Set.of());
  }

  static LanguageRules rules(String language) {
    Map<?, ?> file = read("/signals/rules/" + language + ".yaml");
    Set<String> negations = Set.copyOf(texts(file, "negations"));
    List<PhraseRule> rules = new ArrayList<>();
    for (Object entry : (List<?>) value(file, "rules")) {
      Map<?, ?> rule = (Map<?, ?>) entry;
      rules.add(
          new PhraseRule(
              text(rule, "id"),
              language,
              SignalType.of(text(rule, "type")),
              Integer.parseInt(text(rule, "severity")),
              Double.parseDouble(text(rule, "confidence")),
              texts(rule, "phrases"),
              texts(rule, "unless"),
              "true".equals(rule.get("guard")) ? negations : Set.of(),
              texts(rule, "matches"),
              texts(rule, "ignores")));
    }
    return new LanguageRules(text(file, "language"), texts(file, "common"), List.copyOf(rules));
  }

  static Meanings meanings() {
    Map<?, ?> file = read("/signals/examples.yaml");
    Map<SignalType, Meaning> types = new LinkedHashMap<>();
    ((Map<?, ?>) value(file, "types"))
        .forEach(
            (name, entry) -> {
              Map<?, ?> type = (Map<?, ?>) entry;
              types.put(
                  SignalType.of((String) name),
                  new Meaning(
                      Integer.parseInt(text(type, "severity")),
                      Double.parseDouble(text(type, "nearest")),
                      texts(type, "examples")));
            });
    Map<String, ModelTraits> models = new LinkedHashMap<>();
    ((Map<?, ?>) value(file, "models"))
        .forEach(
            (name, entry) -> {
              Map<?, ?> model = (Map<?, ?>) entry;
              models.put(
                  (String) name,
                  new ModelTraits(
                      Double.parseDouble(text(model, "shift")),
                      Set.copyOf(texts(model, "languages"))));
            });
    return new Meanings(
        types, Double.parseDouble(text(file, "margin")), texts(file, "neutral"), models);
  }

  private static Map<?, ?> read(String file) {
    try (InputStream in =
            Objects.requireNonNull(SignalFiles.class.getResourceAsStream(file), file);
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      Map<?, ?> read = yaml().load(reader);
      return read;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Takes every value for a text: among words are "no" and "on", which are none of truth. */
  private static Yaml yaml() {
    var options = new LoaderOptions();
    var out = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options),
        new Representer(out),
        out,
        options,
        new Resolver() {
          @Override
          protected void addImplicitResolvers() {
            // None.
          }
        });
  }

  private static Object value(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  private static String text(Map<?, ?> map, String key) {
    return (String) value(map, key);
  }

  private static List<String> texts(Map<?, ?> map, String key) {
    @Nullable Object list = map.get(key);
    return list == null ? List.of() : ((List<?>) list).stream().map(String.class::cast).toList();
  }
}
