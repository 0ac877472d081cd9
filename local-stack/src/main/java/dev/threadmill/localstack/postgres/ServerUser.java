package dev.threadmill.localstack.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user a PostgreSQL server runs as: whoever runs this, or, since the server refuses root,
 * another one.
 *
 * @param other the other user's name, null when it is the user of this process
 */
record ServerUser(@Nullable String other) {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS_MAY_READ =
      PosixFilePermissions.fromString("rwxr-xr-x");

  static ServerUser find() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return new ServerUser(null);
    }
    return List.of("postgres", "nobody").stream()
        .filter(ServerUser::exists)
        .findFirst()
        .map(ServerUser::new)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "PostgreSQL refuses to run as root, and this system has neither a user \"postgres\" nor \"nobody\""));
  }

  /**
   * The command, changed so that root runs it as the server's user; no process stands in between.
   */
  List<String> command(List<String> command) {
    if (other == null) {
      return command;
    }
    List<String> changed =
        new ArrayList<>(
            isProgram("setpriv")
                ? List.of(
                    "setpriv", "--reuid=" + other, "--regid=" + group(), "--clear-groups", "--")
                : List.of(
                    "perl",
                    "-e",
                    "my ($user, $group) = splice @ARGV, 0, 2; $) = \"$group $group\"; $( = $group;"
                        + " $< = $> = getpwnam $user; exec { $ARGV[0] } @ARGV or die $!",
                    other,
                    group()));
    changed.addAll(command);
    return List.copyOf(changed);
  }

  /**
   * The folder of that name in the base folder when the server's user can get there, else in one
   * below the system's folder for temporary files that belongs to this base folder. It exists
   * afterwards.
   */
  Path folder(Path base, String name) {
    try {
      Files.createDirectories(base);
      return Files.createDirectories((reaches(base) ? base : shelter(base)).resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the server's files lie when the server's user cannot enter the base folder. */
  static Path shelterPath(Path base) {
    String hash = Integer.toHexString(base.toAbsolutePath().normalize().toString().hashCode());
    return temporaryFiles().resolve("threadmill-" + hash);
  }

  private static Path temporaryFiles() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private Path shelter(Path base) throws IOException {
    Path shelter = shelterPath(base);
    if (!reaches(temporaryFiles())) {
      throw new IllegalStateException(
          "PostgreSQL must run as %s, who can enter neither %s nor %s; use a checkout that others may enter"
              .formatted(other, base, temporaryFiles()));
    }
    if (!Files.isDirectory(shelter)) {
      Files.createDirectory(shelter);
    } else if (!Files.getOwner(shelter).getName().equals(System.getProperty("user.name"))) {
      throw new IllegalStateException("%s belongs to somebody else; remove it".formatted(shelter));
    }
    Files.setPosixFilePermissions(shelter, OTHERS_MAY_READ);
    return shelter;
  }

  /** Makes a folder the server user's own, closed to others. */
  void own(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
      give(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a file the server user's own. */
  void give(Path file) throws IOException {
    if (other != null) {
      Files.setOwner(file, principal(other));
    }
  }

  /** Whether the server's user may enter this folder, as far as permission bits tell. */
  boolean reaches(Path folder) {
    if (other == null) {
      return true;
    }
    try {
      for (Path step = folder.toRealPath(); step != null; step = step.getParent()) {
        if (!Files.getPosixFilePermissions(step).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String group() {
    try {
      Process id = new ProcessBuilder("id", "-g", String.valueOf(other)).start();
      return new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean exists(String user) {
    try {
      principal(user);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserPrincipal principal(String user) throws IOException {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
  }

  private static boolean isProgram(String name) {
    return List.of("/usr/bin", "/bin", "/sbin", "/usr/sbin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
