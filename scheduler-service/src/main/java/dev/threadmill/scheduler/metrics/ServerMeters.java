package dev.threadmill.scheduler.metrics;

import dev.threadmill.scheduler.metrics.StateTables.Server;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** What PostgreSQL counts of this database by itself. */
@Component
class ServerMeters {
  private volatile Server last = Server.UNKNOWN;

  ServerMeters(MeterRegistry registry) {
    gauge(registry, "threadmill.postgres.connections", Server::connections);
    gauge(registry, "threadmill.postgres.max.connections", Server::maxConnections);
    counter(registry, "threadmill.postgres.commits", Server::commits);
    counter(registry, "threadmill.postgres.rollbacks", Server::rollbacks);
    counter(registry, "threadmill.postgres.blocks.hit", Server::blocksHit);
    counter(registry, "threadmill.postgres.blocks.read", Server::blocksRead);
    counter(registry, "threadmill.postgres.deadlocks", Server::deadlocks);
  }

  void show(Server server) {
    last = server;
  }

  void forget() {
    last = last.unreachable();
  }

  private void gauge(MeterRegistry registry, String name, ToDoubleFunction<Server> value) {
    Gauge.builder(name, this, me -> value.applyAsDouble(me.last)).register(registry);
  }

  private void counter(MeterRegistry registry, String name, ToDoubleFunction<Server> value) {
    FunctionCounter.builder(name, this, me -> value.applyAsDouble(me.last)).register(registry);
  }
}
