package dev.threadmill.localstack.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of the jars in a folder the native libraries, and their debug symbols, of all systems
 * but this Linux: the local model's runtime brings them for five systems, a hundred megabytes.
 */
public final class NativeLibraries {
  private static final Set<String> KINDS = Set.of("so", "dll", "dylib", "jnilib", "pdb", "a");
  private static final List<Set<String>> PROCESSORS =
      List.of(Set.of("x64", "x86_64", "amd64"), Set.of("aarch64", "arm64"));

  private final Set<String> processor;

  /**
   * @param processor as Java names it
   */
  NativeLibraries(String processor) {
    this.processor =
        PROCESSORS.stream()
            .filter(names -> names.contains(processor))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("the processor " + processor + " is not known"));
  }

  public static void main(String[] folders) throws IOException {
    var libraries = new NativeLibraries(System.getProperty("os.arch"));
    for (String folder : folders) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
          libraries.keepOurs(jar);
        }
      }
    }
  }

  /** Leaves the jar as it is when all that it holds can be used. */
  void keepOurs(Path jar) throws IOException {
    Path smaller = jar.resolveSibling(jar.getFileName() + ".new");
    try (var whole = new ZipFile(jar.toFile())) {
      if (whole.stream().allMatch(this::isOurs)) {
        return;
      }
      try (var kept = new ZipOutputStream(Files.newOutputStream(smaller))) {
        for (ZipEntry entry : whole.stream().filter(this::isOurs).toList()) {
          var copy = new ZipEntry(entry.getName());
          // The same from the same jar, at any time.
          copy.setTimeLocal(entry.getTimeLocal());
          kept.putNextEntry(copy);
          try (var content = whole.getInputStream(entry)) {
            content.transferTo(kept);
          }
          kept.closeEntry();
        }
      }
    }
    Files.move(smaller, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private boolean isOurs(ZipEntry entry) {
    String name = entry.getName().toLowerCase(Locale.ROOT);
    if (name.contains(".dsym/")) {
      return false;
    }
    boolean library = KINDS.contains(name.substring(name.lastIndexOf('.') + 1));
    List<String> words = Arrays.asList(name.split("[/-]"));
    return !library || (words.contains("linux") && words.stream().anyMatch(processor::contains));
  }
}
