package dev.threadmill.gateway.dashboard.analytics;

import dev.threadmill.gateway.analytics.Analytics;
import dev.threadmill.gateway.analytics.AnalyticsNumbers;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.security.CallerProject;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;

/** The daily numbers as charts, as tables, as what the charts are drawn of, and as a file. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/analytics")
class AnalyticsPagesController {
  private static final MediaType CSV =
      MediaType.parseMediaType("text/csv; charset=utf-8; header=present");

  private final AnalyticsNumbers numbers;

  AnalyticsPagesController(AnalyticsNumbers numbers) {
    this.numbers = numbers;
  }

  /** What the page's script draws. */
  record Drawn(List<Chart> charts) {}

  @GetMapping
  String page(CallerProject project, @ModelAttribute("form") AnalyticsForm form, Model model) {
    Analytics found = read(project, form);
    List<Chart> charts = Charts.of(found);
    model.addAttribute("section", Section.ANALYTICS);
    model.addAttribute("found", found);
    model.addAttribute("choice", AnalyticsForm.query(found, form));
    model.addAttribute("charts", charts);
    model.addAttribute("nothing", charts.stream().allMatch(Chart::nothing));
    model.addAttribute("steps", AnalyticsForm.STEPS);
    model.addAttribute("groups", AnalyticsForm.GROUPS);
    model.addAttribute("presets", AnalyticsForm.presets(numbers.today(project.id())));
    model.addAttribute(
        "scripts", List.of("/assets/lib/uplot/dist/uPlot.iife.min.js", "/assets/charts.js"));
    model.addAttribute("styles", List.of("/assets/lib/uplot/dist/uPlot.min.css"));
    return "dashboard/analytics";
  }

  @GetMapping("/charts")
  ResponseEntity<Drawn> charts(CallerProject project, @ModelAttribute("form") AnalyticsForm form) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(new Drawn(Charts.of(read(project, form))));
  }

  @GetMapping("/analytics.csv")
  ResponseEntity<String> csv(CallerProject project, @ModelAttribute("form") AnalyticsForm form) {
    return ResponseEntity.ok()
        .contentType(CSV)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"analytics.csv\"")
        .body(numbers.csv(read(project, form)));
  }

  private Analytics read(CallerProject project, AnalyticsForm form) {
    var unusedStep = Parameters.word("step", form.unit(), AnalyticsForm.STEPS);
    var unusedGroup =
        Parameters.word("by", form.group().isEmpty() ? null : form.group(), AnalyticsForm.GROUPS);
    return numbers.read(project.id(), form.firstDay(), form.lastDay(), form.words());
  }
}
