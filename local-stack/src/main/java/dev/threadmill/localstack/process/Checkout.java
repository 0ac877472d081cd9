package dev.threadmill.localstack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of this project's sources, which the local stack and the tests run from. */
public record Checkout(Path root) {

  private static final String ROOT_MARK = "<artifactId>threadmill</artifactId>";

  /**
   * The checkout named by the system property {@code threadmill.root}, else the one around the
   * working directory.
   *
   * @throws IllegalStateException when there is none
   */
  public static Checkout find() {
    String configured = System.getProperty("threadmill.root", "");
    Path start = Path.of(configured).toAbsolutePath().normalize();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (isRoot(folder)) {
        return new Checkout(folder);
      }
    }
    throw new IllegalStateException(
        "%s is not inside a checkout of Threadmill; name its root by -Dthreadmill.root"
            .formatted(start));
  }

  /** What runs leave behind: data, logs, secrets. */
  public Path local() {
    return root.resolve(".local");
  }

  /** A script of the local stack, by its path inside the module. */
  public Path script(String path) {
    return root.resolve("local-stack").resolve(path);
  }

  /**
   * The class path of the local stack's own JVMs (broker, simulators).
   *
   * @throws IllegalStateException when the module is not built
   */
  public String classPath() {
    Path target = root.resolve("local-stack/target");
    Path libraries = target.resolve("lib");
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          "%s is missing; build it with: mvn -pl local-stack process-classes".formatted(libraries));
    }
    return target.resolve("classes") + ":" + libraries.resolve("*");
  }

  /** The command that runs Java programs with the same JDK as this one. */
  public static List<String> java(String... options) {
    String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<String>(List.of(program));
    command.addAll(List.of(options));
    return List.copyOf(command);
  }

  private static boolean isRoot(Path folder) {
    Path pom = folder.resolve("pom.xml");
    try {
      // Its modules name the same artifact as their parent, but only the root has the module beside
      // it.
      return Files.isRegularFile(pom)
          && Files.isDirectory(folder.resolve("local-stack"))
          && Files.readString(pom).contains(ROOT_MARK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
