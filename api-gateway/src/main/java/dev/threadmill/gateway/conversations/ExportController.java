package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RestController;

/** All conversations at once, for spreadsheets and warehouses. */
@RestController
class ExportController {
  private final ConversationExport export;

  ExportController(ConversationExport export) {
    this.export = export;
  }

  /**
   * One line per conversation with the times of response and resolution, those that began last
   * first. The answer is streamed; when something fails in its middle, the connection is cut.
   */
  @ApiResponse(
      responseCode = "200",
      description =
          "A line per conversation; a connection that is cut means that some are missing.",
      content = {
        @Content(
            mediaType = "application/x-ndjson",
            schema = @Schema(implementation = ConversationView.class)),
        @Content(mediaType = "text/csv", schema = @Schema(type = "string"))
      })
  @GetMapping("/conversations/export")
  void export(
      CallerProject project,
      @ParameterObject @ModelAttribute ExportQuery query,
      HttpServletResponse response)
      throws IOException {
    ConversationFilter filter = query.filter(project.id());
    ExportFormat format = ExportFormat.of(query.format());
    List<ConversationView> first = export.begin(project.id(), filter);
    response.setContentType(format.mediaType());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + format.fileName() + "\"");
    export.write(project.id(), filter, format, first, response.getOutputStream());
  }
}
