package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A report as JUnit XML: a test case for each property that a path must have, so that any CI shows
 * which one it lacks.
 *
 * <p>What makes the verdict FAIL is a {@code failure}, what makes it INCONCLUSIVE an {@code error}.
 * A run in which nothing was sent has every other case {@code skipped}: it proves nothing.
 */
public final class JunitReport {
  private static final int EXAMPLES = 10;

  /** A property, and what is wrong where a path lacks it. */
  private enum Property {
    ANSWERED("every message is answered", Kind.LOST),
    ONCE("no reply comes twice", Kind.DUPLICATED),
    ORDER("replies come in order", Kind.REORDERED),
    INTACT("every reply is intact", Kind.CORRUPTED),
    OWN_CONNECTION("every reply comes on its own connection", Kind.MISDELIVERED),
    EXPECTED("nothing unexpected comes", Kind.UNEXPECTED),
    OWN_ROOM("nothing comes of another room", Kind.FOREIGN_ROOM),
    CERTAIN("nothing is left in doubt", Kind.IN_DOUBT),
    KEPT("nothing is gone before it is received", Kind.GONE),
    COMPLETE("every planned message is sent", Kind.NEVER_SENT);

    private final String title;
    private final Kind kind;

    Property(String title, Kind kind) {
      this.title = title;
      this.kind = kind;
    }
  }

  private final Report report;
  private final XMLStreamWriter xml;
  private final List<Property> properties;

  private JunitReport(Report report, XMLStreamWriter xml) {
    this.report = report;
    // Only what a server pushes can be gone, and only where there are rooms is there another.
    properties =
        Arrays.stream(Property.values())
            .filter(p -> p != Property.KEPT || report.counts().gone() > 0)
            .filter(p -> p != Property.OWN_ROOM || report.run().fansOut())
            .toList();
    this.xml = xml;
  }

  /**
   * Writes a report.
   *
   * @param out is not closed
   * @throws XMLStreamException if {@code out} cannot be written
   */
  public static void write(Report report, Writer out) throws XMLStreamException {
    XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
    new JunitReport(report, xml).document();
    xml.flush();
  }

  private void document() throws XMLStreamException {
    xml.writeStartDocument("UTF-8", "1.0");
    newLine(0);
    xml.writeStartElement("testsuite");
    attribute("name", "wsproof " + report.run().url());
    attribute("tests", String.valueOf(properties.size() + 1));
    attribute("failures", String.valueOf(count(true)));
    attribute("errors", String.valueOf(count(false) + (isUnexplained() ? 1 : 0)));
    attribute("skipped", String.valueOf(skipped()));
    attribute("time", seconds(report.run().seconds()));
    if (report.run().startedAt() != null) {
      attribute("timestamp", report.run().startedAt().replaceFirst("(\\.\\d+)?Z$", ""));
    }
    properties();
    for (Property property : properties) {
      testCase(property);
    }
    verdictCase();
    systemOut();
    newLine(0);
    xml.writeEndElement();
    newLine(0);
    xml.writeEndDocument();
  }

  private long count(boolean failures) {
    return report.counts() == null
        ? 0
        : properties.stream().filter(p -> isWrong(p) && p.kind.isFailure() == failures).count();
  }

  private long skipped() {
    return properties.stream().filter(this::isSkipped).count();
  }

  private boolean isWrong(Property property) {
    return report.counts().of(property.kind) > 0;
  }

  private boolean isSkipped(Property property) {
    return report.counts().sent() == 0 && !isWrong(property);
  }

  /** A verdict that no count explains, such as that of a transcript that was cut off. */
  private boolean isUnexplained() {
    return report.verdict() != Verdict.PASS && count(true) + count(false) == 0;
  }

  private void properties() throws XMLStreamException {
    newLine(1);
    xml.writeStartElement("properties");
    property("wsproof", report.wsproof());
    property("verdict", report.verdict().name());
    property("run", report.run().id());
    property("seed", String.valueOf(report.run().seed()));
    property("url", String.valueOf(report.run().url()));
    property("messages", String.valueOf(report.run().messages()));
    property("connections", String.valueOf(report.run().connections()));
    property("window", String.valueOf(report.run().window()));
    newLine(1);
    xml.writeEndElement();
  }

  private void property(String name, String value) throws XMLStreamException {
    newLine(2);
    xml.writeEmptyElement("property");
    attribute("name", name);
    attribute("value", value);
  }

  private void testCase(Property property) throws XMLStreamException {
    open(property.title);
    if (isSkipped(property)) {
      newLine(2);
      xml.writeEmptyElement("skipped");
      attribute("message", "no message was sent: this run proves nothing");
    } else if (isWrong(property)) {
      Kind kind = property.kind;
      String message = Words.count(report.counts().of(kind), kind) + onLegs(kind);
      problem(kind.isFailure() ? "failure" : "error", kind.label(), message, examples(kind));
    }
    close();
  }

  private void verdictCase() throws XMLStreamException {
    open("the run is conclusive");
    if (isUnexplained()) {
      problem(
          "error",
          report.verdict().name().toLowerCase(Locale.ROOT),
          "the verdict is " + report.verdict(),
          String.join("\n", report.reasons()));
    }
    close();
  }

  private void open(String title) throws XMLStreamException {
    newLine(1);
    xml.writeStartElement("testcase");
    attribute("classname", "wsproof");
    attribute("name", title);
    attribute("time", "0");
  }

  private void close() throws XMLStreamException {
    newLine(1);
    xml.writeEndElement();
  }

  private void problem(String element, String type, String message, String text)
      throws XMLStreamException {
    newLine(2);
    xml.writeStartElement(element);
    attribute("type", type);
    attribute("message", message);
    xml.writeCharacters(Words.xml10(text));
    xml.writeEndElement();
  }

  private String onLegs(Kind kind) {
    String legs = Words.legs(report, kind);
    return legs.isEmpty() ? "" : " (" + legs + ")";
  }

  private String examples(Kind kind) {
    StringBuilder text = new StringBuilder();
    long shown = 0;
    for (Anomaly anomaly : report.anomalies()) {
      if (anomaly.kind() == kind && shown++ < EXAMPLES) {
        text.append(Words.example(anomaly)).append('\n');
      }
    }
    long more = report.counts().of(kind) - Math.min(shown, EXAMPLES);
    if (shown > 0 && more > 0) {
      text.append(String.format(Locale.ROOT, "and %,d more%n", more));
    }
    report.reasons().forEach(reason -> text.append(reason).append('\n'));
    return text.toString();
  }

  private void systemOut() throws XMLStreamException {
    Counts counts = report.counts();
    newLine(1);
    xml.writeStartElement("system-out");
    StringBuilder text = new StringBuilder();
    report.reasons().forEach(reason -> text.append(reason).append('\n'));
    text.append(report.verdict()).append(": ").append(counts.sent()).append(" sent, ");
    text.append(counts.delivered()).append(" delivered\n");
    xml.writeCharacters(Words.xml10(text.toString()));
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, Words.xml10(value));
  }

  private void newLine(int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}
