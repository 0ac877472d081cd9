package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.PhraseRules;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a project's messages are read by: everybody's and its own.
 *
 * @param own null: it has none
 * @param version which is another one when any of them is another
 */
record RulesInForce(Rulebook everybodys, @Nullable PhraseRules own, String version) {
  Collection<ByWords> find(String text) {
    return everybodys.find(text, own);
  }
}
