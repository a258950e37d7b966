package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Judges the WebSocket messages of a HAR export ({@code _webSocketMessages}, as Chromium writes
 * them).
 *
 * <p>Messages of wsproof are known by their identity. Their seed, which a HAR does not hold, is
 * found from the sent messages ({@link SeedRecovery}), so that every reply is judged to the byte.
 * Sockets whose messages have the same seed are one run; their messages are told in the order of
 * their times. Nothing says how a socket ended, so what is unanswered and not overtaken is in
 * doubt.
 */
final class HarAudit {
  private static final int MOST_SOCKETS = 1000;

  private final Path file;
  private final AuditSettings settings;
  private final Problems problems = new Problems();

  HarAudit(Path file, AuditSettings settings) {
    this.file = file;
    this.settings = settings;
  }

  List<Report> reports() throws IOException {
    HarIndex index = HarIndex.of(file, problems);
    if (index.sockets().isEmpty()) {
      List<String> reasons = new ArrayList<>();
      reasons.add(
          "the export holds no WebSocket messages (_webSocketMessages); open the network tool"
              + " before the page, and export with content");
      reasons.addAll(problems.reasons());
      return List.of(Judged.nothing(file.toString(), reasons));
    }
    if (settings.line() != null) {
      return List.of(foreign(index.sockets()));
    }
    List<Report> reports = new ArrayList<>();
    for (List<HarIndex.Socket> run : index.runs()) {
      reports.add(run(run));
    }
    long unknown = index.sockets().stream().filter(s -> s.seed() == null).count();
    if (reports.isEmpty()) {
      List<String> reasons = new ArrayList<>();
      reasons.add(
          Words.number(unknown)
              + " sockets hold no message of wsproof; --line 'PATTERN' judges others by their"
              + " numbers");
      reasons.addAll(problems.reasons());
      reports.add(Judged.nothing(file.toString(), reasons));
    }
    return reports;
  }

  private Report foreign(List<HarIndex.Socket> sockets) throws IOException {
    Numbers numbers = new Numbers(settings, problems);
    for (HarIndex.Socket socket : sockets) {
      String name = sockets.size() == 1 ? "" : "socket " + socket.number();
      try (HarMessages messages = new HarMessages(file, socket.offset(), problems)) {
        for (HarMessages.Message m = messages.next(); m != null; m = messages.next()) {
          String text = new String(m.content(), UTF_8).stripTrailing();
          String where = socket.where(m.index());
          boolean known =
              m.sent() ? numbers.sent(text, name, where) : numbers.received(text, name, where);
          if (!known && (!m.sent() || settings.sentLine() != null)) {
            numbers.unmatched(text, where);
          }
        }
      }
    }
    return numbers.report(file.toString());
  }

  /** A socket of a run, at its next message. */
  private static final class Cursor {
    final HarIndex.Socket socket;
    final HarMessages messages;
    HarMessages.Message next;

    Cursor(HarIndex.Socket socket, HarMessages messages) throws IOException {
      this.socket = socket;
      this.messages = messages;
      next = messages.next();
    }
  }

  private Report run(List<HarIndex.Socket> sockets) throws IOException {
    List<String> reasons = new ArrayList<>();
    if (sockets.size() > MOST_SOCKETS) {
      throw new IOException("more than " + MOST_SOCKETS + " sockets of one run");
    }
    HarIndex.Socket first = sockets.get(0);
    int size = sockets.stream().mapToInt(HarIndex.Socket::size).max().orElse(0);
    boolean binary = first.binary();
    Messages messages = new Messages(first.seed(), size);
    Replay replay = new Replay(messages, binary ? Format.BINARY : Format.TEXT, problems);
    PriorityQueue<Cursor> cursors =
        new PriorityQueue<>(
            Comparator.<Cursor>comparingDouble(c -> c.next.time())
                .thenComparingInt(c -> c.socket.number()));
    List<HarMessages> opened = new ArrayList<>();
    try {
      for (HarIndex.Socket socket : sockets) {
        replay.opened(socket.connection(), form(socket, reasons), Receipts.ASKED, socket.url());
        HarMessages reader = new HarMessages(file, socket.offset(), problems);
        opened.add(reader);
        Cursor cursor = new Cursor(socket, reader);
        if (cursor.next != null) {
          cursors.add(cursor);
        }
      }
      double start = cursors.isEmpty() ? 0 : cursors.peek().next.time();
      while (!cursors.isEmpty()) {
        Cursor cursor = cursors.poll();
        tell(cursor, replay, messages, start);
        cursor.next = cursor.messages.next();
        if (cursor.next != null) {
          cursors.add(cursor);
        }
      }
      replay.cutOff();
      reasons.add(
          "read from a HAR export: planned is what was sent, and how a socket ended is not known");
      reasons.addAll(problems.reasons());
      return replay.report(info(first, sockets.size(), binary, start), -1, true, reasons);
    } finally {
      for (HarMessages reader : opened) {
        reader.close();
      }
    }
  }

  private ReplyForm form(HarIndex.Socket socket, List<String> reasons) {
    if (settings.expect() != null) {
      return settings.expect();
    }
    if (socket.announced() != null) {
      try {
        return ReplyForm.parse(socket.announced());
      } catch (IllegalArgumentException e) {
        reasons.add("the announcement Wsproof-Reply: " + socket.announced() + " is no form");
      }
    }
    return ReplyForm.DEFAULT;
  }

  private void tell(Cursor cursor, Replay replay, Messages messages, double start) {
    HarMessages.Message m = cursor.next;
    String where = cursor.socket.where(m.index());
    long nanos = Math.round((m.time() - start) * 1e9);
    if (!m.sent()) {
      replay.received(cursor.socket.connection(), m.content(), m.binary(), nanos, where);
      return;
    }
    HarIndex.Ours ours = HarIndex.Ours.of(m.content());
    if (ours == null || ours.seed() != messages.seed()) {
      problems.malformed(where, "sends what is no message of this run", text(m));
    } else if (ours.connection() != cursor.socket.connection()) {
      problems.malformed(where, "sends a message of connection " + ours.connection(), text(m));
    } else if (ours.sequence() != Identity.END_SEQUENCE) {
      replay.sent(ours.connection(), ours.sequence(), m.content(), nanos, where);
    }
  }

  private static String text(HarMessages.Message m) {
    return new String(m.content(), UTF_8);
  }

  private Report.RunInfo info(HarIndex.Socket first, int sockets, boolean binary, double start) {
    String at = Instant.ofEpochMilli(Math.round(start * 1000)).toString();
    String id = Judged.id(file + " " + first.seed() + " " + first.number());
    String expect = settings.expect() == null ? first.announced() : settings.expect().toString();
    return new Report.RunInfo(
        id,
        first.seed(),
        first.url(),
        at,
        0,
        0,
        sockets,
        0,
        0,
        0,
        binary,
        false,
        expect == null ? ReplyForm.DEFAULT.toString() : expect,
        false);
  }
}
