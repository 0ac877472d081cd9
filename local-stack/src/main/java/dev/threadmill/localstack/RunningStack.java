package dev.threadmill.localstack;

import dev.threadmill.localstack.process.LeashedProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A stack, from its first process to its last. Closing it ends all of them, in order; its data
 * stay.
 */
public final class RunningStack implements AutoCloseable {

  private final StackOptions options;
  private final StackSecrets secrets;
  private final Services addresses;
  private final List<List<Member>> stages;
  private final Crew crew;
  private final Keeper keeper;
  private String projectId = "";

  RunningStack(
      StackOptions options,
      StackSecrets secrets,
      Services addresses,
      List<List<Member>> stages,
      Consumer<String> progress) {
    this.options = options;
    this.secrets = secrets;
    this.addresses = addresses;
    this.stages = List.copyOf(stages);
    this.crew = new Crew(progress);
    this.keeper = new Keeper(progress, this::writeFiles);
  }

  /** Starts the stages one after the other. */
  void start() {
    for (List<Member> stage : stages) {
      crew.start(stage);
      writeFiles();
    }
    projectId = gateway().defaultProject();
    writeFiles();
    if (options.usesSimulator()) {
      sendWebhooks();
    }
  }

  /** Tells the simulator where to, as one would enter it on Chatwoot's own page. */
  private void sendWebhooks() {
    String source = gateway().firstSource(projectId);
    new GatewayClient(addresses.simulatorUrl(), "")
        .post(
            "/simulator/webhooks",
            "",
            "{\"url\":\"%s/webhooks/chatwoot/%s\",\"secret\":\"%s\"}"
                .formatted(url(), source, secrets.webhookSecret()));
  }

  /** From now on starts a process again when it ends by itself, as an orchestrator would. */
  void keep() {
    members().forEach(keeper::watch);
  }

  /** Base address of the API. */
  public String url() {
    return addresses.gatewayUrl();
  }

  /** A token that may do everything. */
  public String apiToken() {
    return secrets.apiToken();
  }

  /** The project {@code default}. */
  public String projectId() {
    return projectId;
  }

  /** Address of the Chatwoot simulator. */
  public String simulatorUrl() {
    return addresses.simulatorUrl();
  }

  /**
   * Where health and metrics of a service are: {@code api-gateway}, {@code ingest-service}, {@code
   * embed-worker} (the first) or {@code scheduler-service}.
   */
  public String managementUrl(String service) {
    return addresses.managementUrl(service);
  }

  public String jdbcUrl() {
    return addresses.jdbcUrl();
  }

  public String databasePassword() {
    return secrets.databasePassword();
  }

  public String bootstrapServers() {
    return addresses.bootstrapServers();
  }

  /** The values of {@code stack.env}. */
  public Map<String, String> variables() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("THREADMILL_URL", url());
    values.put("API_TOKEN", apiToken());
    values.put("PROJECT_ID", projectId);
    values.put(
        "DATABASE_URL",
        addresses
            .jdbcUrl()
            .replace(
                "jdbc:postgresql://",
                "postgresql://%s:%s@"
                    .formatted(LocalStack.DATABASE_USER, secrets.databasePassword())));
    values.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
    if (options.usesSimulator()) {
      values.put("CHATWOOT_SIMULATOR_URL", simulatorUrl());
    }
    values.put("PID_STACK", Long.toString(ProcessHandle.current().pid()));
    for (Member member : members()) {
      member
          .process()
          .ifPresent(process -> values.put(member.pidVariable(), Long.toString(process.pid())));
    }
    return values;
  }

  /**
   * The latest process of this name: {@code postgres}, {@code kafka}, {@code chatwoot-simulator},
   * {@code ingest-service}, {@code embed-worker-1}, {@code scheduler-service}, {@code api-gateway}.
   */
  public LeashedProcess process(String name) {
    return member(name).process().orElseThrow();
  }

  /** Kills the process of this name, as a crash would; it stays dead. */
  public void kill(String name) {
    keeper.release(member(name));
    process(name).kill();
  }

  /** Starts the ended process of this name again and waits until it is ready. */
  public void start(String name) {
    member(name).start();
    writeFiles();
  }

  /** Ends this service and starts it again with these variables, over its own, from now on. */
  public void restart(String name, Map<String, String> variables) {
    keeper.release(member(name));
    member(name).stop();
    member(name).change(variables);
    start(name);
  }

  /** Ends everything: services first, then what they stand on. */
  @Override
  public void close() {
    keeper.close();
    crew.giveUp();
    for (List<Member> stage : stages.reversed()) {
      Crew.stop(stage);
    }
  }

  GatewayClient gateway() {
    return new GatewayClient(url(), apiToken());
  }

  StackOptions options() {
    return options;
  }

  private Member member(String name) {
    return members().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the stack has no process " + name));
  }

  private List<Member> members() {
    List<Member> all = new ArrayList<>();
    stages.forEach(all::addAll);
    return all;
  }

  private synchronized void writeFiles() {
    Path directory = options.directory();
    EnvFile.write(directory.resolve(LocalStack.ENV_FILE), variables());
    ProcessTable.write(directory, members());
  }
}
