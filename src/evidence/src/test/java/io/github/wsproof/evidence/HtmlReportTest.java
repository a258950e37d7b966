package io.github.wsproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A page tells the account, asks nothing of the network and runs nothing that a server sent. */
class HtmlReportTest {
  @Test
  void aPageTellsTheAccountAndWhatDiffers() throws Exception {
    String page = HtmlReport.of(SampleReports.failing("a"));
    Files.writeString(Path.of("target", "fail.html"), page);
    Files.writeString(Path.of("target", "pass.html"), HtmlReport.of(SampleReports.passing("a")));

    assertThat(page).contains("<h1>FAIL</h1>", "<dt>in doubt</dt>\n<dd>1</dd>");
    assertThat(page).contains("Request 0/17 7c1<mark>f</mark>09ab - 42");
    assertThat(page).contains("<canvas id=\"latency\"", "<canvas id=\"rate\"");
  }

  @Test
  void whatAServerSentIsTextAlone() {
    String page = HtmlReport.of(SampleReports.failing("a"));

    assertThat(page).doesNotContain("alert(1)</script>", "<script>alert");
    assertThat(page).contains("&lt;/script&gt;&lt;script&gt;alert(1)", "␀\\u{202E}");
    assertThat(page.split("</script>", -1)).hasSize(4);
  }

  @Test
  void aPageAsksNothingOfTheNetwork() {
    String page = HtmlReport.of(SampleReports.passing("a"));

    assertThat(page).contains("default-src 'none'").doesNotContain("sourceMappingURL");
    assertThat(page).doesNotContainPattern("(?i)<(link|img|iframe|script [^>]*src|a )");
  }
}
