package dev.threadmill.gateway.search;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.search.QueryVectors.Question;
import dev.threadmill.gateway.search.RankFusion.Ranks;
import dev.threadmill.gateway.search.SearchAnswer.Degraded;
import dev.threadmill.gateway.search.SearchAnswer.Hit;
import dev.threadmill.gateway.search.SearchAnswer.Neighbours;
import dev.threadmill.gateway.search.SearchAnswer.ScoreParts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * By meaning and by words, fused. What one of the two can't tell, or not in time, is left out, and
 * the answer says so.
 */
@Service
public class HybridSearch {
  private static final String TOO_SLOW = "search_too_slow";
  private static final Logger log = LoggerFactory.getLogger(HybridSearch.class);

  /**
   * Candidates of each list: several chunks may be of one message, and fusion looks below the top.
   */
  private static final int CANDIDATES_PER_HIT = 4;

  private static final int MIN_CANDIDATES = 50;

  /** For looking by meaning and by words together, from when there is a place. */
  private static final Duration LONGEST = Duration.ofSeconds(4);

  /** Looking by meaning leaves them so much of it. */
  private static final Duration FOR_WORDS = Duration.ofSeconds(1);

  private static final long SILENCE = Duration.ofMinutes(5).toNanos();
  private static final String BY_MEANING = "Not looked for by meaning: ";
  private static final Degraded NO_VECTORS =
      new Degraded("no_vectors", BY_MEANING + "no text of this project has its vector yet.");

  private final SearchPlaces places;
  private final ChunkSearch chunks;
  private final QueryVectors questions;
  private final WordForms forms;
  private final NeighbourSearch neighbourSearch;
  private final RowCounts counts;
  private final Sources sources;
  private final Traces traces;

  private final AtomicLong said = new AtomicLong(System.nanoTime() - SILENCE);

  HybridSearch(
      SearchPlaces places,
      ChunkSearch chunks,
      QueryVectors questions,
      WordForms forms,
      NeighbourSearch neighbourSearch,
      RowCounts counts,
      Sources sources,
      Traces traces) {
    this.places = places;
    this.chunks = chunks;
    this.questions = questions;
    this.forms = forms;
    this.neighbourSearch = neighbourSearch;
    this.counts = counts;
    this.sources = sources;
    this.traces = traces;
  }

  /**
   * What fits, the best first.
   *
   * @throws ApiProblem when too many search at the same time
   */
  public SearchAnswer search(UUID projectId, SearchWish wish) {
    String query = wish.checkedQuery();
    int topK = wish.checkedTopK();
    int around = wish.checkedNeighbours();
    wish.checkFilters();
    int candidates = Math.max(MIN_CANDIDATES, topK * CANDIDATES_PER_HIT);
    // Before there is a place, for no connection is held while the provider is waited for.
    Asked asked = asked(projectId, query);
    return places.within(
        projectId,
        () -> {
          var wanted = new Wanted(projectId, wish, query, candidates, Deadline.in(LONGEST));
          return answer(wanted, asked, topK, around);
        });
  }

  /**
   * What is looked for by meaning.
   *
   * @param missing why nothing is; null: the question is
   */
  private record Asked(@Nullable Question question, @Nullable Degraded missing) {}

  private Asked asked(UUID projectId, String query) {
    try {
      return questions
          .embed(projectId, query)
          .map(question -> new Asked(question, null))
          .orElse(new Asked(null, NO_VECTORS));
    } catch (EmbeddingException unavailable) {
      say(unavailable);
      return new Asked(
          null, new Degraded(unavailable.code(), BY_MEANING + unavailable.getMessage()));
    }
  }

  private SearchAnswer answer(Wanted wanted, Asked asked, int topK, int around) {
    UUID projectId = wanted.projectId();
    // Before the looks, which may miss what is stored or gets its vector meanwhile.
    var freshness = chunks.freshness(projectId);
    var rows = counts.of(projectId);
    Part byMeaning = byMeaning(wanted.earlier(FOR_WORDS), asked);
    Part byWords = ranked(wanted, byMeaning.hits().isEmpty());
    List<Ranked> best = best(byMeaning.hits(), byWords.hits(), topK);
    return new SearchAnswer(
        hits(projectId, best, wanted.query(), around),
        freshness.now(),
        freshness.syncedAsOf(),
        rows.pending() + rows.processing(),
        Degraded.both(byMeaning.missing(), byWords.missing()));
  }

  /**
   * One of the two lists that are fused.
   *
   * @param missing what is not in it, and why; null: nothing
   */
  private record Part(List<ChunkHit> hits, @Nullable Degraded missing) {}

  private Part byMeaning(Wanted wanted, Asked asked) {
    if (asked.question() == null) {
      return new Part(List.of(), asked.missing());
    }
    try {
      Found found = nearest(wanted, asked.question());
      return new Part(
          found.hits(), found.complete() ? null : tooSlow("Not all was looked for by meaning: "));
    } catch (TooSlowException tooSlow) {
      return new Part(List.of(), tooSlow(BY_MEANING));
    }
  }

  private Found nearest(Wanted wanted, Question question) {
    try (var part = traces.begin("rank by meaning")) {
      try {
        Found found = chunks.nearest(wanted, question.space(), question.vector());
        part.with("threadmill.hits", Integer.toString(found.hits().size()));
        return found;
      } catch (TooSlowException tooSlow) {
        part.failed(TOO_SLOW);
        throw tooSlow;
      }
    }
  }

  private Part ranked(Wanted wanted, boolean alone) {
    try (var part = traces.begin("rank by words")) {
      Part found = byWords(wanted, alone);
      part.with("threadmill.hits", Integer.toString(found.hits().size()));
      if (found.missing() != null) {
        part.failed(found.missing().code());
      }
      return found;
    }
  }

  /** Now and then, and not with each search, for all of them fail alike. */
  private void say(EmbeddingException unavailable) {
    long now = System.nanoTime();
    long before = said.get();
    if (now - before >= SILENCE && said.compareAndSet(before, now)) {
      log.warn("searches go by words alone: {}", unavailable.getMessage());
    }
  }

  private static Degraded tooSlow(String what) {
    return new Degraded(
        TOO_SLOW,
        what
            + "comparing all that pass the filters took too long. Ask for rarer words, or a filter"
            + " that lets less pass.");
  }

  /**
   * All words first, as they are written before other forms of them; a sentence seldom finds all of
   * its words together, so some of them fill up: beside vectors only numbers and codes, for which
   * meaning is blind. Chance words in common would push aside what is nearest in meaning.
   */
  private Part byWords(Wanted wanted, boolean alone) {
    List<ChunkHit> found;
    try {
      found = new ArrayList<>(chunks.withAllWords(wanted));
    } catch (TooSlowException tooSlow) {
      return new Part(List.of(), tooSlow("Not looked for by words: "));
    }
    if (found.size() >= wanted.limit()) {
      return new Part(found, null);
    }
    try {
      found.addAll(chunks.withAllWordsInOtherForms(wanted));
    } catch (TooSlowException tooSlow) {
      return new Part(
          found, tooSlow("Not looked for by other forms of the words, nor by some of them: "));
    }
    if (found.size() >= wanted.limit()) {
      return new Part(found, null);
    }
    try {
      found.addAll(alone ? chunks.withSomeWords(wanted) : chunks.withSomeCodes(wanted));
      return new Part(found, null);
    } catch (TooSlowException tooSlow) {
      return new Part(found, tooSlow("Not looked for by some of the words: "));
    }
  }

  /** A chunk that stands for its message, and the places of the message. */
  private record Ranked(ChunkHit chunk, Ranks ranks) {}

  private static List<Ranked> best(List<ChunkHit> byMeaning, List<ChunkHit> byWords, int topK) {
    Map<String, ChunkHit> best = new HashMap<>();
    byWords.forEach(hit -> best.putIfAbsent(hit.messageGlobalId(), hit));
    // The nearest chunk of a message has a similarity to tell, so it stands for the message where
    // there is one.
    byMeaning.reversed().forEach(hit -> best.put(hit.messageGlobalId(), hit));
    Map<String, Ranks> ranks = RankFusion.fuse(byMeaning, byWords, ChunkHit::messageGlobalId);
    return best.values().stream()
        .map(chunk -> new Ranked(chunk, Objects.requireNonNull(ranks.get(chunk.messageGlobalId()))))
        .sorted(
            Comparator.<Ranked>comparingDouble(hit -> -hit.ranks().score())
                .thenComparing(hit -> hit.chunk().messageGlobalId()))
        .limit(topK)
        .toList();
  }

  private List<Hit> hits(UUID projectId, List<Ranked> best, String query, int around) {
    var links = new ChatwootLinks(sources.ofProject(projectId));
    List<ChunkHit> found = best.stream().map(Ranked::chunk).toList();
    var highlights = new Highlights(query, forms.in(found, AskedWords.of(query)));
    Map<String, Neighbours> neighbours = neighbourSearch.of(projectId, found, around);
    return best.stream()
        .map(
            hit ->
                hit(
                    hit,
                    highlights,
                    links,
                    around == 0
                        ? null
                        : neighbours.getOrDefault(hit.chunk().messageGlobalId(), Neighbours.NONE)))
        .toList();
  }

  private static Hit hit(
      Ranked hit, Highlights highlights, ChatwootLinks links, @Nullable Neighbours neighbours) {
    ChunkHit chunk = hit.chunk();
    Ranks ranks = hit.ranks();
    return new Hit(
        ranks.score(),
        new ScoreParts(chunk.similarity(), ranks.vector(), ranks.text()),
        chunk.text(),
        highlights.in(chunk.text(), chunk.language()),
        chunk.messageGlobalId(),
        chunk.messageId(),
        chunk.conversationGlobalId(),
        chunk.conversationId(),
        chunk.createdAt(),
        ChunkHit.side(chunk.messageType()),
        chunk.conversationStatus(),
        chunk.labels(),
        chunk.inboxId(),
        chunk.channel(),
        links.message(chunk.sourceId(), chunk.conversationId(), chunk.messageId()),
        neighbours);
  }
}
