package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.search.RankFusion.Ranks;
import dev.threadmill.gateway.search.SearchAnswer.Degraded;
import dev.threadmill.gateway.search.SearchAnswer.Hit;
import dev.threadmill.gateway.search.SearchAnswer.ScoreParts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * By meaning and by words, fused. Without the provider the words alone answer, and the answer says
 * so.
 */
@Service
class HybridSearch {
  private static final Logger log = LoggerFactory.getLogger(HybridSearch.class);

  /**
   * Candidates of each list: several chunks may be of one message, and fusion looks below the top.
   */
  private static final int CANDIDATES_PER_HIT = 4;

  private static final int MIN_CANDIDATES = 50;

  private final ChunkSearch chunks;
  private final EmbeddingProvider provider;
  private final Sources sources;

  HybridSearch(ChunkSearch chunks, EmbeddingProvider provider, Sources sources) {
    this.chunks = chunks;
    this.provider = provider;
    this.sources = sources;
  }

  SearchAnswer search(UUID projectId, SearchWish wish) {
    String query = wish.checkedQuery();
    int topK = wish.checkedTopK();
    wish.checkFilters();
    int candidates = Math.max(MIN_CANDIDATES, topK * CANDIDATES_PER_HIT);
    List<ChunkHit> byMeaning = List.of();
    Degraded degraded = null;
    try {
      float[] vector = provider.embed(List.of(query)).getFirst();
      byMeaning = chunks.nearest(projectId, wish, provider.model().name(), vector, candidates);
    } catch (EmbeddingException unavailable) {
      log.warn("search by words alone: {}", unavailable.getMessage());
      degraded = new Degraded(unavailable.code(), String.valueOf(unavailable.getMessage()));
    }
    List<ChunkHit> byWords = byWords(projectId, wish, query, degraded != null, candidates);
    var freshness = chunks.freshness(projectId);
    return new SearchAnswer(
        hits(projectId, byMeaning, byWords, topK), freshness.asOf(), freshness.pending(), degraded);
  }

  /**
   * All words first; a sentence seldom finds all of its words together, so some of them fill up:
   * beside vectors only numbers and codes, for which meaning is blind. Chance words in common would
   * push aside what is nearest in meaning.
   */
  private List<ChunkHit> byWords(
      UUID projectId, SearchWish wish, String query, boolean alone, int candidates) {
    List<ChunkHit> found = new ArrayList<>(chunks.withAllWords(projectId, wish, query, candidates));
    if (found.size() < candidates) {
      found.addAll(
          alone
              ? chunks.withSomeWords(projectId, wish, query, candidates)
              : chunks.withSomeCodes(projectId, wish, query, candidates));
    }
    return found;
  }

  private List<Hit> hits(
      UUID projectId, List<ChunkHit> byMeaning, List<ChunkHit> byWords, int topK) {
    Map<String, ChunkHit> best = new HashMap<>();
    byWords.forEach(hit -> best.putIfAbsent(hit.messageGlobalId(), hit));
    // The nearest chunk of a message has a similarity to tell, so it stands for the message where
    // there is one.
    byMeaning.reversed().forEach(hit -> best.put(hit.messageGlobalId(), hit));
    Map<String, Ranks> ranks = RankFusion.fuse(byMeaning, byWords, ChunkHit::messageGlobalId);
    Map<UUID, Source> bySource =
        sources.ofProject(projectId).stream()
            .collect(Collectors.toMap(Source::id, Function.identity()));
    return ranks.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Ranks>>comparingDouble(entry -> -entry.getValue().score())
                .thenComparing(Map.Entry::getKey))
        .limit(topK)
        .flatMap(
            entry -> {
              ChunkHit chunk = best.get(entry.getKey());
              return chunk == null
                  ? java.util.stream.Stream.empty()
                  : java.util.stream.Stream.of(
                      hit(chunk, entry.getValue(), bySource.get(chunk.sourceId())));
            })
        .toList();
  }

  private static Hit hit(ChunkHit chunk, Ranks ranks, @Nullable Source source) {
    return new Hit(
        ranks.score(),
        new ScoreParts(chunk.similarity(), ranks.vector(), ranks.text()),
        chunk.text(),
        chunk.messageGlobalId(),
        chunk.messageId(),
        chunk.conversationGlobalId(),
        chunk.conversationId(),
        chunk.createdAt(),
        chunk.messageType().equals("incoming") ? "contact" : "agent",
        chunk.conversationStatus(),
        chunk.labels(),
        chunk.inboxId(),
        chunk.channel(),
        source == null
            ? ""
            : "%s/app/accounts/%d/conversations/%d?messageId=%d"
                .formatted(
                    source.baseUrl(),
                    source.accountId(),
                    chunk.conversationId(),
                    chunk.messageId()));
  }
}
