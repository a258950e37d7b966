package io.github.wsproof.client;

import io.github.wsproof.ledger.StreamLedger;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import jakarta.websocket.CloseReason.CloseCodes;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One connection that receives a stream.
 *
 * <p>When all messages have come it stays open for a moment: a late copy may follow. A further life
 * goes on behind the last message that has come. If the server has begun the stream anew meanwhile,
 * the numbers mean other messages: the account of the run before is closed, and the new run is
 * received from its first message on.
 *
 * <p>Owned by the run's loop.
 */
final class ReceiveChannel extends Link {
  /** How long to look for a late copy of the last messages. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a message may come late that has been overtaken. */
  private static final long MOST_SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ReceiveRun run;

  /** Null until it was open once. */
  private StreamLedger ledger;

  /** Which run of which stream, where the server tells. */
  private volatile StreamMessages stream;

  /** Where the next life begins; less than 0: not said. */
  private volatile long from;

  /** Whether the server names no stream in this life, and did before: it refuses, or is another. */
  private boolean unnamed;

  private boolean settling;
  private long settledAwakeNanos;

  ReceiveChannel(ReceiveRun run, int number) {
    super(run, number);
    this.run = run;
    this.from = run.plan.from();
  }

  /** The plan's, with what is wanted of the stream. */
  @Override
  URI url() {
    if (run.plan.expect() != null) {
      return run.plan.url();
    }
    StringBuilder query = new StringBuilder();
    if (from > 0) {
      query.append('&').append(StreamMessages.FROM_PARAMETER).append('=').append(from);
    }
    if (stream != null) {
      query.append('&').append(StreamMessages.RUN_PARAMETER).append('=').append(stream.run());
    }
    if (run.plan.rate() > 0) {
      String rate =
          java.math.BigDecimal.valueOf(run.plan.rate()).stripTrailingZeros().toPlainString();
      query.append('&').append(StreamMessages.RATE_PARAMETER).append('=').append(rate);
    }
    if (query.isEmpty()) {
      return run.plan.url();
    }
    if (run.plan.url().getRawQuery() == null) {
      query.setCharAt(0, '?');
    }
    return URI.create(run.plan.url() + query.toString());
  }

  @Override
  void handshake(Map<String, List<String>> headers) {
    if (run.plan.expect() == null) {
      headers.put(Receipt.REQUEST_HEADER, List.of("1"));
    }
  }

  @Override
  void opened() {
    StreamMessages told = told();
    run.opened(told);
    unnamed = false;
    if (ledger != null && stream == null && told != null && ledger.seen() == 0) {
      // The life before was refused, with nothing said of a stream.
      run.forget(ledger);
      ledger = null;
    }
    if (ledger == null) {
      stream = told;
      ledger = begin(run.plan.expect() != null ? from : Math.max(0, from), run.plan.messages());
      pauseReading();
    } else if (told == null && stream != null) {
      unnamed = true;
    } else if (told != null && stream == null) {
      endOtherwise(told.toString());
    } else if (told != null && !told.toString().equals(stream.toString())) {
      startAnew(told);
    }
  }

  private void endOtherwise(String named) {
    run.endedEarly(this, "was opened again, and the server named " + named, ledger.left());
    close();
  }

  private StreamLedger begin(long first, long count) {
    StreamReader reader =
        run.plan.expect() != null
            ? StreamReader.of(run.plan.expect())
            : stream == null ? StreamReader.plain() : StreamReader.sealed(stream);
    return run.open(new StreamLedger(number(), reader, first, count, run.events()));
  }

  /** The numbers from here on mean other messages: the next life begins with the first of them. */
  private void startAnew(StreamMessages told) {
    run.restarted(this, stream, told, ledger.next() - 1);
    stream = told;
    ledger = begin(0, ledger.left());
    beginAgain();
  }

  /** Which run of which stream the server says this is; null where it does not. */
  private StreamMessages told() {
    for (Map.Entry<String, List<String>> header : responseHeaders().entrySet()) {
      if (header.getKey().equalsIgnoreCase(StreamMessages.HEADER) && run.plan.expect() == null) {
        String id = String.join(", ", header.getValue());
        try {
          return StreamMessages.of(id);
        } catch (IllegalArgumentException e) {
          run.reasons.note("the header " + StreamMessages.HEADER + ": " + id + " names no stream");
        }
      }
    }
    return null;
  }

  @Override
  void received(byte[] content, boolean binary, long nowNanos) {
    if (unnamed) {
      endOtherwise("no stream then");
      return;
    }
    if (!settling) {
      run.received(number(), content, binary, nowNanos);
      heard(nowNanos);
    }
    ledger.received(content, binary);
    if (!settling && ledger.left() == 0) {
      settling = true;
      settledAwakeNanos =
          run.awakeNanos()
              + (ledger.isComplete()
                  ? LINGER_NANOS
                  : Math.min(MOST_SETTLE_NANOS, run.plan.drain().toNanos()));
    }
  }

  @Override
  Duration readPause() {
    return settling ? null : run.plan.readPause();
  }

  @Override
  void look(long awakeNanos) {
    if (settling) {
      if (awakeNanos >= settledAwakeNanos) {
        close();
      }
    } else if (isSilentFor(run.plan.drain(), awakeNanos)) {
      run.endedEarly(
          this,
          "was silent for " + Run.seconds(run.plan.drain().toNanos()) + " s (--drain)",
          ledger.left());
      close();
    }
  }

  /** Not where the server says that there is no more, or that it does not want what we ask for. */
  @Override
  boolean goesOn(int code) {
    return run.disruption.reconnect()
        && !settling
        && code != CloseCodes.NORMAL_CLOSURE.getCode()
        && code != CloseCodes.VIOLATED_POLICY.getCode();
  }

  @Override
  void cut() {
    from = ledger.next();
  }

  @Override
  void gone(String how) {
    if (how != null && !settling) {
      run.endedEarly(this, how, ledger.left());
    }
  }
}
