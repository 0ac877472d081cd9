package dev.threadmill.bench.gateway;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.bench.gateway.Rows.Chunk;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /search} among 200,000 chunks of 384 dimensions, embedded by a worker, of which a
 * small project has one in a hundred, compared as they are by default; or the large one with
 * indexes. Beside exact search in single precision: its time, and how many of its ten nearest are
 * found. Goals: 0.95 or more, and a 95th percentile under 100 ms.
 */
public final class SearchBench implements Group {
  private static final int CHUNKS = 200_000;
  private static final int SMALL = CHUNKS / 100;
  private static final int CONVERSATIONS = 1_000;

  /** Fifteen of each kind; the exact search takes a second for each. */
  private static final int QUERIES = 45;

  private static final int ROUNDS = 3;
  private static final int NEAREST = 10;
  private static final long PATIENCE = 1_800_000_000_000L;

  /**
   * Sentences of fifty topics: six words of 64 that the topic has, four of 2,048 that all share, an
   * order's number, and two words that each text has. What is drawn depends on the row's number
   * only.
   */
  private static final String TEXT =
      """
      'topic' || (n * 7919 % 50)
        || (select string_agg(' word' || (n * 7919 % 50) || 'x' || (hashint4((n * 16 + k)::int) & 63), '') from generate_series(1, 6) k)
        || (select string_agg(' common' || (hashint4((n * 16 + k)::int) & 2047), '') from generate_series(7, 10) k)
        || ' order ' || n || ' of the customer'\
      """;

  private final boolean indexed;

  private SearchBench(boolean indexed) {
    this.indexed = indexed;
  }

  public static SearchBench asByDefault() {
    return new SearchBench(false);
  }

  /** So many vectors of this width have no index by default; building one takes minutes. */
  public static SearchBench withIndexes() {
    return new SearchBench(true);
  }

  @Override
  public String name() {
    return indexed ? "indexed-search" : "search";
  }

  @Override
  public boolean onlyByName() {
    return indexed;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (OpenAiSimulator provider = OpenAiSimulator.start();
        Gateway gateway = Gateway.start(servers, provider.baseUrl())) {
      List<UUID> projects = fill(servers, gateway, provider, report);
      List<Question> questions = questions(provider);
      if (indexed) {
        index(servers, gateway, provider, projects.getFirst(), report);
        behindIndexes(gateway, projects.getFirst(), questions, report);
        return;
      }
      for (UUID project : projects) {
        boolean small = project.equals(projects.getLast());
        String of = small ? "a project of %,d".formatted(SMALL) : "%,d".formatted(CHUNKS - SMALL);
        compared(gateway, provider, project, questions, of, report);
      }
    }
  }

  /** All vectors of a project of this size are compared. */
  private static void compared(
      Gateway gateway,
      OpenAiSimulator provider,
      UUID project,
      List<Question> questions,
      String of,
      Report report)
      throws Exception {
    for (Filter filter : List.of(Filter.NONE, Filter.ONE_INBOX_OF_FIVE)) {
      String what = filter == Filter.NONE ? of : of + ", one inbox of five";
      List<Exact> exact = exact(gateway, project, questions, filter);
      report.goal(Goal.RECALL, recall(gateway, project, exact, filter, what, report));
      report.goal(Goal.SEARCH_TIME, time(gateway, project, exact, filter, what, report));
    }
    // Every text has this word, and none has its other form.
    for (String word : List.of("customer", "customers")) {
      Question common = Question.of(provider, Kind.IN_A_TOPIC, word);
      List<Exact> exact = exact(gateway, project, Collections.nCopies(ROUNDS, common), Filter.NONE);
      String what = of + ", \"" + word + "\", which all have in one form";
      report.goal(Goal.SEARCH_TIME, time(gateway, project, exact, Filter.NONE, what, report));
    }
  }

  /** Larger projects than are compared by default have indexes. */
  private static void behindIndexes(
      Gateway gateway, UUID project, List<Question> questions, Report report) throws Exception {
    String of = "%,d with indexes".formatted(CHUNKS - SMALL);
    List<Exact> exact = exact(gateway, project, questions, Filter.NONE);
    report.goal(Goal.INDEXED_RECALL, recall(gateway, project, exact, Filter.NONE, of, report));
    report.goal(Goal.INDEXED_SEARCH_TIME, time(gateway, project, exact, Filter.NONE, of, report));
  }

  private static List<UUID> fill(
      BenchServers servers, Gateway gateway, OpenAiSimulator provider, Report report)
      throws Exception {
    Rows rows = gateway.rows();
    List<UUID> projects = rows.projects(2, CONVERSATIONS);
    rows.messages(projects.getFirst(), 1, 1 + CHUNKS - SMALL, CONVERSATIONS, TEXT, Chunk.PENDING);
    rows.messages(projects.getLast(), 1, 1 + SMALL, CONVERSATIONS, TEXT, Chunk.PENDING);
    rows.fold();
    try (ServiceProcess worker = worker(servers, gateway, provider, Map.of())) {
      report.say("embedding, worker " + worker.pid());
      await(
          gateway,
          "select count(*) from rag_chunks where embedding_status <> 'ready'",
          () -> gateway.rows().count("select count(*) from project_vector_spaces") == 2);
    }
    rows.fold();
    return projects;
  }

  private static void index(
      BenchServers servers, Gateway gateway, OpenAiSimulator provider, UUID project, Report report)
      throws Exception {
    try (ServiceProcess worker =
        worker(
            servers,
            gateway,
            provider,
            Map.of("EMBED_INDEX_MIN_ROWS", "10000", "EMBED_INDEX_SECONDS", "1"))) {
      report.say("indexing, worker " + worker.pid());
      await(
          gateway,
          "select count(*) from vector_segments where state <> 'ready'",
          () ->
              gateway.status(project).path("embedding").path("index").path("fresh").longValue()
                  < NEAREST * 1000);
    }
    gateway.rows().fold();
  }

  private static ServiceProcess worker(
      BenchServers servers, Gateway gateway, OpenAiSimulator provider, Map<String, String> settings)
      throws Exception {
    return ServiceProcess.start(
        servers,
        "embed-worker",
        gateway.rows().jdbcUrl(),
        "256m",
        Gateway.variables(provider.baseUrl(), settings));
  }

  /** Until nothing is counted any more and the rest is as it should be, too. */
  private static void await(Gateway gateway, String count, Callable<Boolean> besides)
      throws Exception {
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      long left = gateway.rows().count(count);
      if (left == 0 && besides.call()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(left + " left of " + count);
      }
      Thread.sleep(2000);
    }
  }

  /** The lowest of all kinds of questions. */
  private static double recall(
      Gateway gateway, UUID project, List<Exact> exact, Filter filter, String of, Report report)
      throws Exception {
    double lowest = 1;
    for (Kind kind : Kind.values()) {
      double recall =
          recall(
              gateway,
              project,
              exact.stream().filter(answer -> answer.question().kind() == kind).toList(),
              filter);
      Samples ours = new Samples();
      ours.add(recall);
      Samples best = new Samples();
      best.add(1);
      String scenario = "search of " + of + ", recall@10, " + kind.said;
      report.rate(scenario, "share", ours, "exact", best, Usage.UNKNOWN);
      lowest = Math.min(lowest, recall);
    }
    return lowest;
  }

  private static double recall(Gateway gateway, UUID project, List<Exact> exact, Filter filter)
      throws Exception {
    double found = 0;
    for (Exact answer : exact) {
      Set<String> hits = new HashSet<>();
      // Fifty, for hits by words stand between those by meaning.
      for (JsonNode hit :
          gateway.search(project, answer.question().text(), 50, filter.wish()).path("hits")) {
        JsonNode rank = hit.path("score_parts").path("vector_rank");
        if (rank.isNumber() && rank.intValue() <= NEAREST) {
          hits.add(hit.path("message_global_id").stringValue());
        }
      }
      found += answer.nearest().stream().filter(hits::contains).count();
    }
    return found / exact.stream().mapToInt(answer -> answer.nearest().size()).sum();
  }

  /** What a question finds in single precision, as the provider answered, without any index. */
  private record Exact(Question question, List<String> nearest, double millis) {}

  private static List<Exact> exact(
      Gateway gateway, UUID project, List<Question> questions, Filter filter) throws Exception {
    List<Exact> answers = new ArrayList<>();
    try (Connection connection = gateway.rows().connect();
        var statement = connection.createStatement()) {
      // Its first answer reads what the others find read.
      exact(statement, project, questions.getFirst(), filter);
      for (Question question : questions) {
        long start = System.nanoTime();
        List<String> nearest = exact(statement, project, question, filter);
        answers.add(new Exact(question, nearest, (System.nanoTime() - start) / 1e6));
      }
    }
    return answers;
  }

  private static List<String> exact(
      Statement statement, UUID project, Question question, Filter filter) throws SQLException {
    List<String> nearest = new ArrayList<>();
    try (var rows =
        statement.executeQuery(
            """
            select c.message_global_id from rag_chunks c %s
            where c.project_id = '%s' and c.embedding_status = 'ready'
            order by c.embedding <=> '%s', c.id limit %d
            """
                .formatted(filter.sql(), project, Arrays.toString(question.vector()), NEAREST))) {
      while (rows.next()) {
        nearest.add(rows.getString(1));
      }
    }
    return nearest;
  }

  private static double time(
      Gateway gateway, UUID project, List<Exact> exact, Filter filter, String of, Report report)
      throws Exception {
    Percentiles.Call search =
        i -> {
          Question question = exact.get(i % exact.size()).question();
          JsonNode answer = gateway.search(project, question.text(), NEAREST, filter.wish());
          if (answer.path("hits").size() != NEAREST || byWordsAlone(answer)) {
            throw new IllegalStateException("no whole answer: " + answer.path("degraded"));
          }
        };
    Percentiles.p95(QUERIES / ROUNDS, search);
    Samples ours = Percentiles.p95(ROUNDS, QUERIES, search);
    Samples theirs = new Samples();
    theirs.add(Percentiles.p95(exact.stream().mapToDouble(Exact::millis)));
    report.cost("search of " + of + ", p95", "ms", ours, "exact, in SQL", theirs, Usage.UNKNOWN);
    return ours.median();
  }

  private static boolean byWordsAlone(JsonNode answer) {
    return answer
        .path("hits")
        .valueStream()
        .noneMatch(hit -> hit.at("/score_parts/vector_rank").isNumber());
  }

  /** What is to pass besides, as a caller says it and in SQL. */
  private record Filter(Map<String, ?> wish, String sql) {
    static final Filter NONE = new Filter(Map.of(), "");
    static final Filter ONE_INBOX_OF_FIVE =
        new Filter(
            Map.of("inbox_id", 3),
            "join cw_conversations v on v.global_id = c.conversation_global_id and v.inbox_id = 3");
  }

  /**
   * Where a question lies among the texts. One that shares no word with any of them has no
   * neighbours to speak of: which ten are its nearest is up to the noise in the vectors, the worst
   * case of a graph.
   */
  private enum Kind {
    IN_A_TOPIC("asked within a topic"),
    BETWEEN_TOPICS("asked between two topics"),
    STRANGE("asked far from all texts");

    private final String said;

    Kind(String said) {
      this.said = said;
    }

    private String text(int i) {
      int topic = i % 50;
      return switch (this) {
        case IN_A_TOPIC -> "topic%1$d word%1$dx%2$d customer".formatted(topic, i % 40);
        case BETWEEN_TOPICS -> "topic%d topic%d common%d".formatted(topic, (topic + 7) % 50, i);
        case STRANGE -> "stranger%d asks something%d else%d".formatted(i, i, i);
      };
    }
  }

  /** A question with the vector that the provider gives it. */
  private record Question(Kind kind, String text, float[] vector) {
    private static Question of(OpenAiSimulator provider, Kind kind, String text) {
      return new Question(
          kind, text, provider.vectorFor("text-embedding-3-small", Gateway.WIDTH, text));
    }
  }

  private static List<Question> questions(OpenAiSimulator provider) {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      Kind kind = Kind.values()[i % Kind.values().length];
      questions.add(Question.of(provider, kind, kind.text(i)));
    }
    return questions;
  }
}
