package dev.threadmill.e2e;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** As much of protobuf as it takes to look into a message: its fields of bytes, by number. */
record Protobuf(byte[] message) {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  List<byte[]> bytes(int field) {
    List<byte[]> found = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      long tag = varint(buffer);
      switch ((int) (tag & 7)) {
        case VARINT -> varint(buffer);
        case EIGHT_BYTES -> buffer.getLong();
        case FOUR_BYTES -> buffer.getInt();
        case BYTES -> {
          byte[] value = new byte[(int) varint(buffer)];
          buffer.get(value);
          if (tag >>> 3 == field) {
            found.add(value);
          }
        }
        default -> throw new IllegalArgumentException("unknown kind of field in " + tag);
      }
    }
    return found;
  }

  List<Protobuf> messages(int field) {
    return bytes(field).stream().map(Protobuf::new).toList();
  }

  String text(int field) {
    List<byte[]> found = bytes(field);
    return found.isEmpty() ? "" : new String(found.getFirst(), StandardCharsets.UTF_8);
  }

  private static long varint(ByteBuffer buffer) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
