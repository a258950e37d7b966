package io.github.wsproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Counts;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Each property of a path is a test case; what a server sent cannot break the file. */
class JunitReportTest {
  private static Element suite(Report report) throws Exception {
    StringWriter xml = new StringWriter();
    JunitReport.write(report, xml);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml.toString())))
        .getDocumentElement();
  }

  private static String problem(Element suite, String title, String element) {
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element testCase = (Element) cases.item(i);
      if (testCase.getAttribute("name").equals(title)) {
        Element problem = (Element) testCase.getElementsByTagName(element).item(0);
        return problem == null ? null : problem.getAttribute("message");
      }
    }
    throw new AssertionError("no case " + title);
  }

  @Test
  void aPassHasNoProblem() throws Exception {
    Element suite = suite(SampleReports.passing("a"));

    assertThat(suite.getAttribute("tests")).isEqualTo("9");
    assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(9);
    assertThat(suite.getAttribute("failures")).isEqualTo("0");
    assertThat(suite.getAttribute("errors")).isEqualTo("0");
    assertThat(suite.getElementsByTagName("failure").getLength()).isZero();
  }

  @Test
  void eachPropertyThatIsLackingIsAFailureOrAnError() throws Exception {
    Element suite = suite(SampleReports.failing("a"));

    assertThat(suite.getAttribute("failures")).isEqualTo("6");
    assertThat(suite.getAttribute("errors")).isEqualTo("2");
    assertThat(problem(suite, "every message is answered", "failure"))
        .isEqualTo("2 lost (2 inbound)");
    assertThat(problem(suite, "nothing is left in doubt", "error")).isEqualTo("1 in doubt");
    assertThat(suite.getTextContent()).contains("<script>alert(1)</script>&amp;]]>\uFFFD\u202E");
  }

  @Test
  void aRunThatSentNothingProvesNothing() throws Exception {
    Counts counts = new Counts(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5);
    Element suite = suite(SampleReports.report("a", counts, List.of()));

    assertThat(suite.getAttribute("skipped")).isEqualTo("7");
    assertThat(problem(suite, "every planned message is sent", "error")).isEqualTo("5 never sent");
  }
}
