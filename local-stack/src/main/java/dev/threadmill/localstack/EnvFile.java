package dev.threadmill.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A file of {@code KEY=value} lines that a shell can source, readable by its owner only. */
final class EnvFile {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]*");

  private EnvFile() {}

  /** Writes the file whole: a reader sees the former content or this one. */
  static void write(Path file, Map<String, String> values) {
    var text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append('=').append(quote(value)).append('\n'));
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The values of a file that {@link #write} wrote; none when there is no file. */
  static Map<String, String> read(Path file) {
    Map<String, String> values = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return values;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        values.put(line.substring(0, equals), unquote(line.substring(equals + 1)));
      }
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quote(String value) {
    return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
  }

  private static String unquote(String value) {
    return value.startsWith("'")
        ? value.substring(1, value.length() - 1).replace("'\\''", "'")
        : value;
  }
}
