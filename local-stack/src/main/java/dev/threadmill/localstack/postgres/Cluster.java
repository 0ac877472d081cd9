package dev.threadmill.localstack.postgres;

import dev.threadmill.localstack.postgres.PostgresServer.Durability;
import dev.threadmill.localstack.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The data folder of a server, made when it is first needed. */
public final class Cluster {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final PostgresInstall install;
  private final ServerUser user;
  private final Path folder;
  private final String password;

  private Cluster(PostgresInstall install, ServerUser user, Path folder, String password) {
    this.install = install;
    this.user = user;
    this.folder = folder;
    this.password = password;
  }

  /**
   * The cluster of a base folder, kept over restarts. It lies in the base folder, unless the server
   * must run as another user who cannot get there.
   *
   * @param password of the superuser; fixed when the data are first made
   */
  public static Cluster in(Path base, PostgresInstall install, String password) {
    ServerUser user = ServerUser.find();
    return new Cluster(install, user, user.folder(base, "postgres"), password);
  }

  /** Deletes the data of a base folder's cluster and what was built for it, wherever they lie. */
  public static void delete(Path base) throws IOException {
    Folders.delete(base.resolve("postgres"));
    Folders.delete(base.resolve(PostgresInstall.FOLDER));
    Folders.delete(ServerUser.shelterPath(base));
  }

  /** Where the data are. */
  public Path data() {
    return folder.resolve("data");
  }

  String password() {
    return password;
  }

  Map<String, String> environment() {
    return install.environment();
  }

  List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(install.program(program)));
    command.addAll(arguments);
    return user.command(command);
  }

  /** Makes the data when there are none, and clears away what a killed server left. */
  void prepare(Durability durability) {
    try {
      user.own(folder);
      if (Files.isDirectory(data())) {
        requireSameVersion();
        endFormerServer();
      } else {
        initialise(durability);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void initialise(Durability durability) throws IOException {
    // Made aside and moved, so that a half-made cluster is never taken for one.
    Path fresh = folder.resolve("data.new");
    Folders.delete(fresh);
    Path passwordFile = Files.writeString(folder.resolve("password"), password + "\n");
    user.give(passwordFile);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--pgdata=" + fresh,
                "--username=" + PostgresServer.USER,
                "--encoding=UTF8",
                "--locale=" + (isMac() ? "en_US.UTF-8" : "C.UTF-8"),
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile));
    if (durability == Durability.NONE) {
      arguments.add("--no-sync");
    }
    try {
      run(command("initdb", arguments));
    } finally {
      Files.delete(passwordFile);
    }
    Files.move(fresh, data());
  }

  private void run(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().putAll(environment());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IllegalStateException("initdb failed:\n" + output);
    }
  }

  private void requireSameVersion() throws IOException {
    String data = Files.readString(data().resolve("PG_VERSION")).strip();
    var version = new ProcessBuilder(install.program("postgres"), "--version");
    version.environment().putAll(environment());
    String program =
        new String(version.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!program.contains(" " + data + ".")) {
      throw new IllegalStateException(
          "The data in %s are of PostgreSQL %s, but the server is \"%s\". Begin anew with: make clean"
              .formatted(data(), data, program.strip()));
    }
  }

  /**
   * The server of a stack that was killed may still run, or its lock file may name a process that
   * is long another.
   */
  private void endFormerServer() throws IOException {
    Path lock = data().resolve("postmaster.pid");
    if (!Files.exists(lock)) {
      return;
    }
    long pid = Long.parseLong(Files.readAllLines(lock).getFirst().strip());
    Optional<ProcessHandle> former = ProcessHandle.of(pid).filter(this::isServerOfThisCluster);
    if (former.isPresent()) {
      end(former.get());
    }
    Files.deleteIfExists(lock);
  }

  private boolean isServerOfThisCluster(ProcessHandle process) {
    String[] none = {};
    return List.of(process.info().arguments().orElse(none)).contains(data().toString());
  }

  private static void end(ProcessHandle server) throws IOException {
    // INT: clients are cut off. TERM, which Java would send, waits for them.
    new ProcessBuilder("sh", "-c", "kill -INT " + server.pid()).start().onExit().join();
    CompletableFuture<ProcessHandle> ended = server.onExit();
    try {
      ended.orTimeout(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      server.destroyForcibly();
      server.onExit().join();
    }
  }

  private static boolean isMac() {
    return System.getProperty("os.name", "").startsWith("Mac");
  }
}
