package dev.threadmill.gateway.conversations;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.conversations.ConversationOrder.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SequenceWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/**
 * Writes all conversations that pass a filter, page by page: no transaction and no connection is
 * held while the reader is slow, and no more than a page is in memory. By the time they began,
 * which never moves: each conversation that is there all the while is written once.
 */
@Component
class ConversationExport {
  private static final int PAGE = 500;

  private final Reading reading;
  private final Projects projects;
  private final ObjectWriter lines;
  private final ObjectWriter csv;

  ConversationExport(Reading reading, Projects projects, JsonMapper json) {
    this.reading = reading;
    this.projects = projects;
    this.lines =
        json.writer().without(StreamWriteFeature.AUTO_CLOSE_TARGET).withRootValueSeparator("\n");
    CsvMapper mapper =
        CsvMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build();
    this.csv =
        mapper.writer(mapper.schemaFor(ExportRow.class).withHeader().withLineSeparator("\r\n"));
  }

  /** The first page, to begin with; whoever can't read it has written nothing yet. */
  List<ConversationView> begin(UUID project, ConversationFilter filter) {
    return reading.conversations(project, filter, ConversationOrder.CREATED, null, PAGE);
  }

  /**
   * Writes the first page and all that follow.
   *
   * @throws IOException when the reader is gone
   * @throws IllegalStateException when the project was archived or deleted meanwhile
   */
  void write(
      UUID project,
      ConversationFilter filter,
      ExportFormat format,
      List<ConversationView> first,
      OutputStream out)
      throws IOException {
    boolean asCsv = format == ExportFormat.CSV;
    try (SequenceWriter writer = (asCsv ? csv : lines).writeValues(out)) {
      List<ConversationView> page = first;
      while (!page.isEmpty()) {
        writer.writeAll(asCsv ? page.stream().map(ExportRow::of).toList() : page);
        writer.flush();
        page = page.size() < PAGE ? List.of() : next(project, filter, page.getLast());
        checkStillThere(project);
      }
    } catch (JacksonIOException gone) {
      throw gone.getCause();
    }
    if (!asCsv && !first.isEmpty()) {
      out.write('\n');
    }
  }

  /** The conversations of a project that goes are fewer with each page, or none. */
  private void checkStillThere(UUID project) {
    if (projects.find(project).isEmpty()) {
      throw new IllegalStateException("the project was archived or deleted during its export");
    }
  }

  private List<ConversationView> next(
      UUID project, ConversationFilter filter, ConversationView last) {
    Place place = ConversationOrder.CREATED.place(last);
    return reading.conversations(project, filter, ConversationOrder.CREATED, place, PAGE);
  }
}
