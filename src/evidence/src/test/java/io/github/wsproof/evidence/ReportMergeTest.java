package io.github.wsproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reports of several clients are one account: exact sums, the worst verdict, no run twice. */
class ReportMergeTest {
  private static NamedReport named(Report report) {
    return new NamedReport(report.run().id() + ".json", report);
  }

  private static Report merge(Report... reports) {
    return ReportMerge.of(java.util.Arrays.stream(reports).map(ReportMergeTest::named).toList());
  }

  @Test
  void countsAndHistogramsAreAddedAndTheWorstVerdictWins() {
    Report merged = merge(SampleReports.passing("a"), SampleReports.failing("b"));

    assertThat(merged.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(merged.counts())
        .isEqualTo(new Counts(20_000, 19_990, 19_984, 2, 1, 1, 2, 1, 1, 1, 10));
    assertThat(Words.legs(merged, Kind.LOST)).isEqualTo("2 inbound");
    assertThat(merged.timeline().replies().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(19_984);
    assertThat(merged.latencyMicros().sent().max())
        .isEqualTo(SampleReports.passing("a").latencyMicros().sent().max());
    assertThat(merged.anomalies()).hasSize(4).allMatch(a -> a.detail().startsWith("run b: "));
    assertThat(merged.run().connections()).isEqualTo(4);
    assertThat(merged.merged()).extracting(Report.RunInfo::id).containsExactly("a", "b");
  }

  @Test
  void theResultIsAReportAgain() {
    Report merged = merge(SampleReports.passing("a"), SampleReports.failing("b"));
    Report again = Reports.fromJson(Reports.toJson(merged));

    assertThat(again).isEqualTo(merged);
    Report three = merge(again, SampleReports.passing("c"));
    assertThat(three.counts().planned()).isEqualTo(30_000);
    assertThat(three.merged()).extracting(Report.RunInfo::id).containsExactly("a", "b", "c");
    assertThat(HtmlReport.of(three)).contains("Added up from");
  }

  @Test
  void theSameRunTwiceIsRefusedByName() {
    Report a = SampleReports.passing("a");
    Report merged = merge(a, SampleReports.passing("b"));

    assertThatThrownBy(() -> merge(a, a))
        .hasMessage("run a is in a.json and in a.json; name each run once");
    assertThatThrownBy(() -> merge(merged, a)).hasMessageContaining("run a is in merged-");
  }

  @Test
  void anotherVersionIsRefusedByName() {
    Report old =
        Reports.fromJson(
            Reports.toJson(SampleReports.passing("b")).replaceFirst("\"0.1.0\"", "\"0.0.9\""));

    assertThatThrownBy(() -> merge(SampleReports.passing("a"), old))
        .hasMessage("b.json is of wsproof 0.0.9, a.json of 0.1.0; add up reports of one version");
  }

  @Test
  void whatAReportDoesNotHaveIsTold() {
    Report page =
        Reports.fromJson(
            """
            {"wsproof":"0.1.0","verdict":"FAIL","run":{"id":"page"},
             "counts":{"planned":3,"sent":3,"delivered":2,"lost":1,"duplicated":0,"reordered":0,
                       "corrupted":0,"misdelivered":0,"unexpected":0,"inDoubt":0,"neverSent":0}}
            """);
    Report merged = merge(SampleReports.passing("a"), page);

    assertThat(merged.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(Words.legs(merged, Kind.LOST)).isEqualTo("1 on an unknown leg");
    assertThat(merged.reasons())
        .contains("page.json has no histogram: its latencies are not in the percentiles");
    assertThat(merge(page).counts()).isEqualTo(page.counts());
    assertThat(ReportComparison.of(named(SampleReports.passing("a")), named(page)))
        .anyMatch(line -> line.contains("lost: 0 in A, 1 in B"));
  }

  @Test
  void differencesThatTwoRunsCannotShowAreNoise() {
    Report a = SampleReports.passing("a");
    List<String> same = ReportComparison.of(named(a), named(SampleReports.passing("b")));
    List<String> worse = ReportComparison.of(named(a), named(SampleReports.failing("b")));

    assertThat(same).anyMatch(l -> l.startsWith("No difference that matters"));
    assertThat(worse).contains("  the verdict: A is PASS, B is FAIL");
    assertThat(worse).anyMatch(l -> l.startsWith("lost") && l.contains("2 (2 inbound)"));
  }
}
