package dev.threadmill.embed.claim;

import com.pgvector.PGvector;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;
import org.springframework.jdbc.core.SqlTypeValue;

/**
 * Vectors as a parameter of the type {@code vector[]}, in PostgreSQL's binary format: as text, or
 * as numbers that the server puts together, they cost it more than all the rest of a row. The
 * driver writes arrays of its own types only; this is what {@code array_recv} reads.
 */
final class VectorArray implements SqlTypeValue {
  private static final String TYPE = "vector";

  /** Dimensions, flags, type, length, first index. */
  private static final int HEADER_BYTES = 5 * Integer.BYTES;

  private final List<float[]> vectors;

  private VectorArray(List<float[]> vectors) {
    this.vectors = vectors;
  }

  /**
   * @param vectors at least one
   */
  static VectorArray of(List<float[]> vectors) {
    return new VectorArray(List.copyOf(vectors));
  }

  @Override
  public void setTypeValue(
      PreparedStatement statement, int index, int sqlType, @Nullable String typeName)
      throws SQLException {
    var connection = statement.getConnection().unwrap(BaseConnection.class);
    var types = connection.getTypeInfo();
    byte[] bytes = bytes(types.getPGType(TYPE));
    statement.setArray(index, new PgArray(connection, types.getPGArrayType(TYPE), bytes));
  }

  private byte[] bytes(int elementType) {
    List<PGvector> elements = vectors.stream().map(PGvector::new).toList();
    int size = elements.stream().mapToInt(vector -> Integer.BYTES + vector.lengthInBytes()).sum();
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + size);
    bytes.putInt(1).putInt(0).putInt(elementType).putInt(elements.size()).putInt(1);
    for (PGvector element : elements) {
      bytes.putInt(element.lengthInBytes());
      element.toBytes(bytes.array(), bytes.position());
      bytes.position(bytes.position() + element.lengthInBytes());
    }
    return bytes.array();
  }
}
