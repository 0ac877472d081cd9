package dev.threadmill.bench.micro;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What a message, a vector, an event and a claim cost by themselves, in time and in allocated
 * bytes; each in a JVM of its own, which checks its result first.
 */
public final class MicroBench implements Group {
  private static final TimeValue A_SECOND = TimeValue.seconds(1);
  private static final double MICROSECOND = 1_000;
  private static final List<Integer> WAITING = List.of(1_000, 10_000, 100_000);
  private static final List<Line> LINES =
      List.of(
          new Line("chunks of 1,000 characters", "TextMicro.chunksOf1000"),
          new Line("chunks of 10,000 characters", "TextMicro.chunksOf10000")
              .beside("ten times 1,000", "TextMicro.chunksOf1000", 10),
          new Line("chunks of 100,000 characters", "TextMicro.chunksOf100000")
              .beside("a hundred times 1,000", "TextMicro.chunksOf1000", 100),
          new Line("text of a mail in HTML", "TextMicro.htmlMail"),
          new Line("text of a plain mail", "TextMicro.plainMail"),
          new Line("vector of 1536 from base64", "VectorMicro.base64")
              .beside("the SDK's own", "VectorMicro.base64BySdk", 1),
          new Line("vector of 1536 from numbers", "VectorMicro.floats")
              .beside("the SDK's own", "VectorMicro.floatsBySdk", 1),
          new Line("event message.upserted out", "EventMicro.out")
              .beside("Jackson alone", "EventMicro.outByJackson", 1),
          new Line("event message.upserted in", "EventMicro.in")
              .beside("Jackson alone", "EventMicro.inByJackson", 1),
          new Line("claim of 100 among 1,000 rows", "ClaimMicro.claim 1000"),
          new Line("claim of 100 among 10,000 rows", "ClaimMicro.claim 10000")
              .beside("among 1,000", "ClaimMicro.claim 1000", 1),
          new Line("claim of 100 among 100,000 rows", "ClaimMicro.claim 100000")
              .beside("among 1,000", "ClaimMicro.claim 1000", 1));

  /**
   * What is told of a benchmark.
   *
   * @param theirs the benchmark that it is compared with
   * @param times so many of theirs do what ours does once
   */
  private record Line(
      String scenario, String ours, @Nullable String beside, @Nullable String theirs, int times) {
    Line(String scenario, String ours) {
      this(scenario, ours, null, null, 1);
    }

    Line beside(String what, String benchmark, int times) {
      return new Line(scenario, ours, what, benchmark, times);
    }
  }

  /**
   * @param nanos of a call, one value per iteration
   * @param bytes that a call allocates
   */
  private record Measured(List<Double> nanos, double bytes) {}

  @Override
  public String name() {
    return "micro";
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    Map<String, Measured> measured = new HashMap<>();
    for (RunResult result : runner(servers).run()) {
      measured.put(nameOf(result), of(result));
    }
    for (Line line : LINES) {
      tell(report, line, measured);
    }
  }

  private static void tell(Report report, Line line, Map<String, Measured> measured) {
    Measured ours = Objects.requireNonNull(measured.get(line.ours()), line.ours());
    Measured theirs = line.theirs() == null ? null : measured.get(line.theirs());
    Samples samples = samples(ours, 1, 1);
    boolean large = samples.median() >= MICROSECOND;
    report.operation(
        line.scenario(),
        large ? "µs" : "ns",
        samples(ours, 1, large ? MICROSECOND : 1),
        Math.round(ours.bytes()),
        line.beside(),
        theirs == null ? new Samples() : samples(theirs, line.times(), large ? MICROSECOND : 1));
  }

  private static Samples samples(Measured measured, double times, double unit) {
    Samples samples = new Samples();
    measured.nanos().forEach(nanos -> samples.add(nanos * times / unit));
    return samples;
  }

  /** Short: parts that differ by a tenth are not told apart, but what became slow shows. */
  private static Runner runner(BenchServers servers) throws SQLException {
    // Of a JVM of another checkout, which may measure, too.
    System.setProperty("jmh.ignoreLock", "true");
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xmx512m");
    arguments.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24) {
      // JMH uses what later JDKs warn of.
      arguments.add("--sun-misc-unsafe-memory-access=allow");
    }
    for (int rows : WAITING) {
      arguments.add("-D" + ClaimMicro.DATABASE + rows + "=" + waiting(servers, rows));
    }
    arguments.add("-D" + ClaimMicro.DATABASE + "user=" + servers.user());
    arguments.add("-D" + ClaimMicro.DATABASE + "password=" + servers.password());
    return new Runner(
        new OptionsBuilder()
            .include("^" + MicroBench.class.getPackageName().replace(".", "\\.") + "\\.")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(1)
            .warmupIterations(1)
            .warmupTime(A_SECOND)
            .measurementIterations(3)
            .measurementTime(A_SECOND)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgs(arguments.toArray(String[]::new))
            .build());
  }

  private static String nameOf(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    String rows = result.getParams().getParam("rows");
    String name = benchmark.substring(MicroBench.class.getPackageName().length() + 1);
    return rows == null ? name : name + " " + rows;
  }

  private static Measured of(RunResult result) {
    List<Double> nanos = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    result.getBenchmarkResults().stream()
        .flatMap(benchmark -> benchmark.getIterationResults().stream())
        .forEach(
            iteration -> {
              nanos.add(iteration.getPrimaryResult().getScore());
              bytes.addAll(allocated(iteration));
            });
    return new Measured(nanos, bytes.stream().mapToDouble(Double::doubleValue).average().orElse(0));
  }

  private static Collection<Double> allocated(IterationResult iteration) {
    return iteration.getSecondaryResults().entrySet().stream()
        .filter(one -> one.getKey().endsWith("gc.alloc.rate.norm"))
        .map(one -> score(one.getValue()))
        .toList();
  }

  private static Double score(Result<?> result) {
    return result.getScore();
  }

  /** A database in which so many rows wait; the answer is its address. */
  private static String waiting(BenchServers servers, int rows) throws SQLException {
    String jdbcUrl = servers.createDatabase();
    Flyway.configure().dataSource(jdbcUrl, servers.user(), servers.password()).load().migrate();
    try (var connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          with p as (insert into projects (name) values ('micro') returning id),
          s as (
            insert into project_sources (project_id, source_kind, base_url, external_id)
            select id, 'chatwoot', 'http://bench.invalid', '1' from p returning id, project_id)
          insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
            created_at, last_activity_at, data)
          select 'cw:' || project_id || ':1:1', project_id, id, 1, 1, 'open', now(), now(), '{}' from s
          """);
      statement.execute(
          """
          insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type,
            content, private, created_at, data)
          select 'cwmsg:' || project_id || ':1:' || n, project_id, global_id, n, 'incoming', 'text', false, now(), '{}'
          from cw_conversations cross join generate_series(1, %d) n
          """
              .formatted(rows));
      statement.execute(
          """
          insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
            content_tokens)
          select project_id, conversation_global_id, global_id, 0, t, encode(sha256(convert_to(t, 'UTF8')), 'hex'), 40
          from cw_messages cross join lateral (select 'message ' || message_id
            || ' says that the parcel has not arrived and nobody answers, what happens now?' as t) x
          order by message_id
          """);
      statement.execute("vacuum analyze");
    }
    return jdbcUrl;
  }
}
