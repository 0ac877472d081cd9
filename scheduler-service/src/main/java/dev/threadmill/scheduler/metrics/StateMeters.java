package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.metrics.Gauges;
import dev.threadmill.core.metrics.Gauges.Row;
import dev.threadmill.scheduler.metrics.StateTables.ActiveRuns;
import dev.threadmill.scheduler.metrics.StateTables.Counted;
import dev.threadmill.scheduler.metrics.StateTables.OfProject;
import dev.threadmill.scheduler.metrics.StateTables.Schedules;
import dev.threadmill.scheduler.sweep.Sweep;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Reads how things stand and keeps it for whoever scrapes. */
@Component
class StateMeters implements Sweep {
  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final List<String> CHUNK_STATES =
      List.of("pending", "processing", "ready", "failed");
  private static final List<String> ENTITIES = List.of("contacts", "conversations", "messages");

  private final StateTables tables;
  private final ServerMeters server;
  private final DailyCeiling ceiling;
  private final ProjectLabel projects;
  private final Gauges chunks;
  private final Gauges oldestPending;
  private final Gauges entities;
  private final Gauges completenessAge;
  private final Gauges setAside;
  private final Gauges runs;
  private final Gauges oldestDue;
  private final Gauges schedules;
  private volatile Schedules lastSchedules = Schedules.UNKNOWN;
  private volatile StateTables.Ticks ticks = StateTables.Ticks.UNKNOWN;
  private volatile long readAt = System.nanoTime();

  StateMeters(
      StateTables tables,
      ServerMeters server,
      DailyCeiling ceiling,
      ProjectLabel projects,
      MeterRegistry registry) {
    this.tables = tables;
    this.server = server;
    this.ceiling = ceiling;
    this.projects = projects;
    chunks = many(registry, "threadmill.chunks", "Chunks by the state of their embedding");
    oldestPending =
        many(
            registry,
            "threadmill.chunks.oldest.pending.seconds",
            "For how long a chunk has been due for its vector");
    entities = many(registry, "threadmill.entities", "What is stored of Chatwoot");
    completenessAge =
        many(
            registry,
            "threadmill.sync.completeness.age.seconds",
            "How long ago everything was stored that Chatwoot showed");
    setAside =
        many(registry, "threadmill.sync.set.aside", "Conversations whose reading failed so far");
    runs = many(registry, "threadmill.runs.active", "Runs that are queued or running");
    oldestDue =
        many(registry, "threadmill.runs.oldest.due.seconds", "For how long a queued run was due");
    schedules = many(registry, "threadmill.schedules", "Schedules by status");
    one(registry, "threadmill.schedules.due", me -> me.lastSchedules.due());
    one(registry, "threadmill.schedules.overdue", me -> me.lastSchedules.overdue());
    one(registry, "threadmill.tick.age.seconds", me -> me.ticks.age());
    one(registry, "threadmill.tick.lag.seconds", me -> me.ticks.lag());
    one(registry, "threadmill.tick.interval.seconds", me -> me.ticks.intervalSeconds());
    one(registry, "threadmill.state.age.seconds", me -> (System.nanoTime() - me.readAt) / 1e9);
  }

  @Override
  public String name() {
    return "metrics of the state";
  }

  @Override
  public Duration sweep() {
    counts(tables.counts());
    projects.sums(setAside, tables.setAside());
    projects.highest(oldestPending, tables.oldestPending(ceiling.reached()));
    projects.highest(completenessAge, tables.completenessAge());
    runs(tables.activeRuns());
    ticks = tables.ticks();
    schedules(tables.schedules(ticks.intervalSeconds()));
    server.show(tables.server());
    readAt = System.nanoTime();
    return EVERY;
  }

  /** Shows nothing but the age of what was read so long ago. */
  void forgetAfter(Duration age) {
    if (System.nanoTime() - readAt < age.toNanos()) {
      return;
    }
    Stream.of(
            chunks, oldestPending, entities, completenessAge, setAside, runs, oldestDue, schedules)
        .forEach(gauge -> gauge.show(List.of()));
    ticks = StateTables.Ticks.UNKNOWN;
    lastSchedules = Schedules.UNKNOWN;
    server.forget();
  }

  private void counts(List<Counted> counts) {
    List<Row> byState = new ArrayList<>();
    for (String state : CHUNK_STATES) {
      byState.addAll(projects.sums(Tags.of("status", state), ofKind(counts, "chunks_" + state)));
    }
    chunks.show(byState);
    List<Row> byKind = new ArrayList<>();
    for (String kind : ENTITIES) {
      byKind.addAll(projects.sums(Tags.of("kind", kind), ofKind(counts, kind)));
    }
    entities.show(byKind);
  }

  private static List<OfProject> ofKind(List<Counted> counts, String kind) {
    return counts.stream()
        .filter(counted -> counted.kind().equals(kind))
        .map(counted -> new OfProject(counted.project(), counted.value()))
        .toList();
  }

  private void runs(List<ActiveRuns> active) {
    Map<String, ActiveRuns> found =
        active.stream()
            .collect(Collectors.toMap(row -> row.jobType() + " " + row.status(), row -> row));
    List<Row> numbers = new ArrayList<>();
    List<Row> waits = new ArrayList<>();
    for (JobType job : JobType.values()) {
      Tags tags = Tags.of("job_type", job.wireName());
      for (String status : List.of("queued", "running")) {
        var none = new ActiveRuns(job.wireName(), status, 0, 0);
        ActiveRuns row = found.getOrDefault(job.wireName() + " " + status, none);
        numbers.add(new Row(tags.and("status", status), row.number()));
        if (status.equals("queued")) {
          waits.add(new Row(tags, row.oldestDue()));
        }
      }
    }
    runs.show(numbers);
    oldestDue.show(waits);
  }

  private void schedules(Schedules now) {
    lastSchedules = now;
    schedules.show(
        List.of(
            new Row(Tags.of("status", "active"), now.active()),
            new Row(Tags.of("status", "paused"), now.paused()),
            new Row(Tags.of("status", "suspended"), now.suspended())));
  }

  private static Gauges many(MeterRegistry registry, String name, String description) {
    return new Gauges(registry, name, description);
  }

  private void one(
      MeterRegistry registry, String name, java.util.function.ToDoubleFunction<StateMeters> value) {
    Gauge.builder(name, this, value).register(registry);
  }
}
