package dev.threadmill.bench.signals;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Precision and recall per type over labelled sentences, of what is accepted at once: by the rules
 * alone, and together with the bundled model's vectors.
 */
public final class SignalsBench implements Group {
  private static final List<String> TYPES =
      List.of(
          "delivery_risk",
          "commercial_pressure",
          "upsell_intent",
          "urgency",
          "churn_risk",
          "complaint",
          "praise",
          "refund_request",
          "bug_report");

  @Override
  public String name() {
    return "signals";
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    List<Sentence> labelled = Sentence.of(servers.checkout().root(), "labelled");
    List<Sentence> unseen = Sentence.of(servers.checkout().root(), "unseen");
    List<Sentence> all = new ArrayList<>(labelled);
    all.addAll(unseen);
    try (var project = new SentencesProject(servers)) {
      project.add(all);
      List<Set<String>> byRules = project.found();
      tell(report, "rules", labelled, unseen, byRules);
      for (String type : TYPES) {
        Quality quality = Quality.of(labelled, byRules.subList(0, labelled.size()), type);
        report.goal(Goal.PRECISION, quality.precision());
        report.goal(Goal.SIGNAL_RECALL, quality.recall());
      }
      project.embed();
      tell(report, "rules and vectors", labelled, unseen, project.found());
    }
  }

  private static void tell(
      Report report,
      String how,
      List<Sentence> labelled,
      List<Sentence> unseen,
      List<Set<String>> found) {
    int cut = labelled.size();
    report.say("");
    report.say(
        "%-22s %-34s %-34s"
            .formatted(how, "labelled (" + cut + ")", "unseen (" + unseen.size() + ")"));
    for (String type : TYPES) {
      report.say(
          "%-22s %-34s %-34s"
              .formatted(
                  type,
                  Quality.of(labelled, found.subList(0, cut), type),
                  Quality.of(unseen, found.subList(cut, found.size()), type)));
    }
  }

  /** Of one type; 1 where there is nothing to be wrong about. */
  private record Quality(double precision, double recall) {
    static Quality of(List<Sentence> sentences, List<Set<String>> found, String type) {
      int right = 0;
      int wrong = 0;
      int missed = 0;
      for (int i = 0; i < sentences.size(); i++) {
        boolean meant = sentences.get(i).types().contains(type);
        boolean told = found.get(i).contains(type);
        right += meant && told ? 1 : 0;
        wrong += told && !meant ? 1 : 0;
        missed += meant && !told ? 1 : 0;
      }
      return new Quality(
          right + wrong == 0 ? 1.0 : (double) right / (right + wrong),
          right + missed == 0 ? 1.0 : (double) right / (right + missed));
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "precision %.2f recall %.2f", precision, recall);
    }
  }
}
