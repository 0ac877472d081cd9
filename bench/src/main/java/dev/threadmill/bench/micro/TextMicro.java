package dev.threadmill.bench.micro;

import dev.threadmill.ingest.chatwoot.MessagePayload;
import dev.threadmill.ingest.chatwoot.MessageType;
import dev.threadmill.ingest.text.Chunk;
import dev.threadmill.ingest.text.Chunker;
import dev.threadmill.ingest.text.MessageText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages to text, and text to chunks. */
@State(Scope.Benchmark)
public class TextMicro {
  private static final int CHUNK_SIZE = 1000;
  private static final String SENTENCE =
      "The parcel of order %d has not arrived, and nobody answers; what happens now? ";
  private static final String WRITTEN =
      """
      Hello,

      the parcel has not arrived yet. Could you look where it is?

      - order 4711
      - order 4712

      Thank you!\
      """;

  private final Chunker chunker = new Chunker(CHUNK_SIZE, 30);
  private final String one = text(1_000);
  private final String ten = text(10_000);
  private final String hundred = text(100_000);
  private final MessagePayload html =
      mail(
          "html_content",
          """
          <html><head><style>p { margin: 0 }</style></head><body><div dir="ltr"><p>Hello,</p>
          <p>the parcel has not arrived yet.&nbsp;Could you look where it is?</p>
          <ul><li>order 4711</li><li>order 4712</li></ul><p>Thank you!</p></div>
          <div class="gmail_quote"><div class="gmail_attr">On Monday support wrote:</div><blockquote>
          """
              + "<p>We have sent it. <b>Please</b> wait for three days.</p>".repeat(40)
              + "</blockquote></div></body></html>");
  private final MessagePayload plain =
      mail(
          "text_content",
          WRITTEN.replace("\n", "\r\n")
              + "\r\n\r\nOn Mon, 2 Nov 2026 at 10:00, Support <support@example.com> wrote:\r\n"
              + "> We have sent it. Please wait for three days.\r\n".repeat(40));

  /** Each part does what it is measured for. */
  @Setup
  public void check() {
    for (String text : List.of(one, ten, hundred)) {
      List<Chunk> chunks = chunker.cut(text);
      String joined = chunks.stream().map(Chunk::text).collect(Collectors.joining(" "));
      Checks.require(joined.equals(text), "chunks are not the text");
      Checks.require(
          chunks.stream().allMatch(chunk -> chunk.text().length() <= CHUNK_SIZE),
          "a chunk is too long");
    }
    for (MessagePayload mail : List.of(html, plain)) {
      String text = MessageText.of(mail);
      Checks.require(
          text.replaceAll("\\s+", " ").equals(WRITTEN.replaceAll("\\s+", " ")),
          "not what was written: " + text);
    }
  }

  @Benchmark
  public List<Chunk> chunksOf1000() {
    return chunker.cut(one);
  }

  @Benchmark
  public List<Chunk> chunksOf10000() {
    return chunker.cut(ten);
  }

  @Benchmark
  public List<Chunk> chunksOf100000() {
    return chunker.cut(hundred);
  }

  @Benchmark
  public String htmlMail() {
    return MessageText.of(html);
  }

  @Benchmark
  public String plainMail() {
    return MessageText.of(plain);
  }

  private static String text(int characters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < characters; i++) {
      text.append(SENTENCE.formatted(i));
    }
    return text.toString().strip();
  }

  private static MessagePayload mail(String part, String body) {
    var node = JsonMapper.shared().createObjectNode();
    node.put("subject", "Where is it?").putObject(part).put("full", body);
    JsonNode none = JsonMapper.shared().createObjectNode();
    return new MessagePayload(
        1,
        MessageType.INCOMING,
        "incoming_email",
        "",
        false,
        false,
        null,
        "contact",
        1L,
        Optional.empty(),
        Instant.EPOCH,
        node,
        none);
  }
}
