package dev.threadmill.localstack.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 24, 0, 0);

  @TempDir private Path folder;

  @Test
  void what_other_systems_load_goes_and_everything_else_stays_as_it_was() throws IOException {
    List<String> ours =
        List.of(
            "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
            "native/lib/linux-x86_64/cpu/libtokenizers.so",
            "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
            "linux/amd64/libzstd-jni.so",
            "native/lib/tokenizers.properties",
            "ai/onnxruntime/OnnxRuntime.class");
    Path jar =
        jar(
            ours,
            "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
            "ai/onnxruntime/native/win-x64/onnxruntime.pdb",
            "ai/onnxruntime/native/osx-x64/libonnxruntime.dylib",
            "ai/onnxruntime/native/osx-x64/libonnxruntime.dylib.dSYM/Contents/Info.plist",
            "freebsd/amd64/libzstd-jni.so",
            "linux/ppc64le/libzstd-jni.so");

    new NativeLibraries("amd64").keepOurs(jar);

    try (var smaller = new ZipFile(jar.toFile())) {
      assertThat(smaller.stream().map(ZipEntry::getName)).containsExactlyElementsOf(ours);
      assertThat(smaller.stream())
          .allSatisfy(
              entry -> {
                assertThat(entry.getTimeLocal()).isEqualTo(TIME);
                assertThat(smaller.getInputStream(entry)).hasContent(entry.getName());
              });
    }
  }

  @Test
  void a_jar_without_any_is_not_touched() throws IOException {
    Path jar = jar(List.of("A.class", "linux/amd64/liba.so"));
    byte[] before = Files.readAllBytes(jar);

    new NativeLibraries("amd64").keepOurs(jar);

    assertThat(jar).hasBinaryContent(before);
  }

  private Path jar(List<String> names, String... more) throws IOException {
    Path jar = folder.resolve("some.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : names) {
        write(out, name);
      }
      for (String name : more) {
        write(out, name);
      }
    }
    return jar;
  }

  private static void write(ZipOutputStream out, String name) throws IOException {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    out.putNextEntry(entry);
    out.write(name.getBytes(StandardCharsets.UTF_8));
    out.closeEntry();
  }
}
