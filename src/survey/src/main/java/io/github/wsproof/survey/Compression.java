package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import java.util.List;
import java.util.Map;

/** Whether permessage-deflate (RFC 7692) is agreed to, and messages outlive it. */
final class Compression implements Probe {
  private static final int MESSAGES = 100;
  private static final int WINDOW = 8;
  private static final int BYTES = 2_000;
  private static final int FRAGMENTS = 3;

  @Override
  public String name() {
    return "compression";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    Report whole = run(target, 1);
    if (!Outcomes.passed(whole) || whole.path() == null || whole.path().deflate() == null) {
      return broken(whole, "with permessage-deflate offered, ");
    }
    Report.DeflateInfo deflate = whole.path().deflate();
    if (deflate.accepted() == 0) {
      return new Finding(
          name(), Finding.Outcome.OK, "not agreed to: messages go as they are, whoever offers it");
    }
    Report fragmented = run(target, FRAGMENTS);
    if (!Outcomes.passed(fragmented)) {
      return broken(fragmented, "compressed messages of " + FRAGMENTS + " fragments: ");
    }
    return new Finding(name(), Finding.Outcome.OK, "agreed to; " + deflate.sentence())
        .figures(
            Map.of(
                "terms",
                deflate.terms(),
                "payloadBytes",
                deflate.sentBytes() + deflate.receivedBytes(),
                "wireBytes",
                deflate.sentWireBytes() + deflate.receivedWireBytes()));
  }

  private static Report run(Target target, int fragments) throws InterruptedException {
    return target.run(
        target
            .plan()
            .messages(MESSAGES)
            .window(WINDOW)
            .sizeBytes(BYTES)
            .deflate(true)
            .fragments(fragments));
  }

  private Finding broken(Report report, String when) {
    return new Finding(name(), Outcomes.of(report), when + Outcomes.how(report))
        .usually(
            List.of(
                "an implementation of the extension that mishandles fragments or its window; until"
                    + " it is mended, a proxy can remove the offer (nginx: proxy_set_header"
                    + " Sec-WebSocket-Extensions \"\")"));
  }
}
