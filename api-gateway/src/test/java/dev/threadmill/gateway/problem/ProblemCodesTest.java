package dev.threadmill.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

class ProblemCodesTest {
  private static final Path PAGE =
      Path.of(System.getProperty("threadmill.root"), "docs", "problems.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([0-9]{3})");

  @Test
  void the_page_lists_every_code_with_its_status_and_no_other() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(row -> listed.put(row.group(1), row.group(2)));
    Map<String, String> known =
        Arrays.stream(ProblemCode.values())
            .collect(
                Collectors.toMap(
                    ProblemCode::wireName, code -> Integer.toString(code.status().value())));

    assertThat(listed).isEqualTo(new TreeMap<>(known));
  }

  @ParameterizedTest
  @CsvSource({
    "400, bad_request",
    "404, not_found",
    "405, method_not_allowed",
    "414, bad_request",
    "500, internal_error",
    "501, internal_error",
    "503, service_unavailable"
  })
  void what_fails_outside_of_every_controller_has_a_code_of_the_page(int status, String code)
      throws IOException {
    var request = new MockHttpServletRequest();
    request.setAttribute("jakarta.servlet.error.status_code", status);
    var response = new MockHttpServletResponse();

    new ProblemErrorController(new ProblemWriter(JsonMapper.builder().build()))
        .error(request, response);

    var problem = JsonMapper.builder().build().readTree(response.getContentAsString());
    assertThat(problem.path("code").asString()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status).isEqualTo(response.getStatus());
    assertThat(problem.path("title").asString())
        .isEqualTo(HttpStatus.valueOf(status).getReasonPhrase());
  }
}
