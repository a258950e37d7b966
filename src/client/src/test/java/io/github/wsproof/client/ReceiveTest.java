package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.LyingStream.Behaviour;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.StreamMessages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server pushes is accounted for: each lie is exactly its anomaly, the truth is none. */
@Timeout(60)
class ReceiveTest {
  private static final int MESSAGES = 200;
  private static final StreamMessages OURS = new StreamMessages("a", "00000001");
  private static final StreamMessages OTHER = new StreamMessages("b", "00000001");

  private static Report run(
      StreamMessages stream, Behaviour behaviour, UnaryOperator<ReceivePlan.Builder> options)
      throws Exception {
    try (LyingStream server = LyingStream.start(stream, behaviour)) {
      return options
          .apply(ReceivePlan.to(server.url()).messages(MESSAGES).drain(Duration.ofMillis(700)))
          .build()
          .run();
    }
  }

  private static void push(WebSocket client, long from, long to) {
    for (long sequence = from; sequence < to; sequence++) {
      client.send(OURS.sealed(sequence % 100, sequence));
    }
  }

  private static void addsUp(Counts c) {
    assertThat(c.delivered() + c.lost() + c.corrupted() + c.misdelivered() + c.gone())
        .isEqualTo(c.sent());
    assertThat(c.sent() + c.neverSent()).isEqualTo(c.planned());
  }

  /** What is done with the honest texts of the messages. */
  private enum Lie {
    NONE(null, texts -> {}),
    DROP(Kind.LOST, texts -> texts.remove(17)),
    DUPLICATE(Kind.DUPLICATED, texts -> texts.add(20, texts.get(17))),
    SWAP(Kind.REORDERED, texts -> Collections.swap(texts, 17, 18)),
    LATE(Kind.REORDERED, texts -> texts.add(100, texts.remove(17))),
    CORRUPT_RANDOM(Kind.CORRUPTED, texts -> texts.set(17, texts.get(17).replace("[17]", "[71]"))),
    CORRUPT_NUMBER(
        Kind.CORRUPTED,
        texts -> texts.set(17, texts.get(17).replace("Number [17]", "Number [57]"))),
    CORRUPT_ALL(Kind.CORRUPTED, texts -> texts.set(17, "x".repeat(80))),
    CUT(Kind.CORRUPTED, texts -> texts.set(17, texts.get(17).substring(0, 30))),
    EXCHANGE(Kind.MISDELIVERED, texts -> texts.set(17, OTHER.sealed(5, 17))),
    INSERT_FOREIGN(Kind.UNEXPECTED, texts -> texts.add(17, OTHER.sealed(5, 3))),
    INSERT_NOISE(Kind.UNEXPECTED, texts -> texts.add(17, "noise"));

    private final Kind kind;
    private final Consumer<List<String>> change;

    Lie(Kind kind, Consumer<List<String>> change) {
      this.kind = kind;
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void eachLieIsExactlyItsAnomaly(Lie lie) throws Exception {
    Report report =
        run(
            OURS,
            (client, life, from) -> {
              List<String> texts = new ArrayList<>();
              for (int sequence = 0; sequence < MESSAGES; sequence++) {
                texts.add(OURS.sealed(sequence % 100, sequence));
              }
              lie.change.accept(texts);
              texts.forEach(client::send);
            },
            plan -> plan);

    addsUp(report.counts());
    for (Kind kind : Kind.values()) {
      assertThat(report.counts().of(kind))
          .as(kind + " of " + lie)
          .isEqualTo(kind == lie.kind ? 1 : 0);
    }
    assertThat(report.verdict()).isEqualTo(lie.kind == null ? Verdict.PASS : Verdict.FAIL);
    assertThat(report.run().receipts()).isTrue();
    if (lie.kind == Kind.LOST) {
      assertThat(report.anomalies().get(0).sequence()).isEqualTo(17);
      assertThat(report.legs().get(io.github.wsproof.ledger.Leg.INBOUND))
          .containsEntry(lie.kind, 1L);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"DROP", "DUPLICATE", "SWAP", "CORRUPT_ALL", "INSERT_NOISE", "NONE"})
  void aServerWithoutSealsIsJudgedByNumbersAndForm(Lie lie) throws Exception {
    Report report =
        run(
            null,
            (client, life, from) -> {
              List<String> texts = new ArrayList<>();
              for (int sequence = 0; sequence < MESSAGES; sequence++) {
                texts.add(StreamMessages.text(sequence % 100, sequence));
              }
              lie.change.accept(texts);
              texts.forEach(client::send);
            },
            plan -> plan);

    for (Kind kind : Kind.values()) {
      assertThat(report.counts().of(kind))
          .as(kind + " of " + lie)
          .isEqualTo(kind == lie.kind ? 1 : 0);
    }
    assertThat(report.legs()).isNull();
    assertThat(report.reasons()).anyMatch(r -> r.startsWith("the server seals no messages"));
  }

  @Test
  void messagesOfAnotherServerAreFoundByExpect() throws Exception {
    Report report =
        run(
            null,
            (client, life, from) -> {
              for (int i = 1; i <= MESSAGES + 5; i++) {
                if (i != 50) {
                  client.send("{\"tick\":" + i + ",\"at\":\"noon\"}");
                }
              }
            },
            plan -> plan.expect("{\"tick\":{sequence},{any}}"));

    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.counts().delivered()).isEqualTo(MESSAGES - 1);
    assertThat(report.anomalies()).extracting(Anomaly::sequence).containsExactly(50L);
  }

  @Test
  void whatIsGoneIsAClassOfItsOwn() throws Exception {
    Report report =
        run(
            OURS,
            (client, life, from) -> {
              client.send(OURS.sealedGone(0, 39));
              push(client, 40, MESSAGES);
            },
            plan -> plan);

    addsUp(report.counts());
    assertThat(report.counts().gone()).isEqualTo(40);
    assertThat(report.counts().delivered()).isEqualTo(MESSAGES - 40);
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons()).anyMatch(r -> r.startsWith("40 messages are gone"));
    assertThat(Reports.fromJson(Reports.toJson(report)).counts()).isEqualTo(report.counts());
  }

  @Test
  void oneThatIsCutGoesOnBehindTheLastThatItHas() throws Exception {
    List<String> asked = new ArrayList<>();
    try (LyingStream server =
        LyingStream.start(
            OURS,
            (client, life, from) -> {
              push(client, from, Math.min(MESSAGES, from + 70));
              if (life < 2) {
                client.close(1012, "restart");
              }
            })) {
      Report report = ReceivePlan.to(server.url()).messages(MESSAGES).reconnect(true).build().run();
      asked.addAll(server.asked);

      assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
      assertThat(report.counts().delivered()).isEqualTo(MESSAGES);
      assertThat(report.epochs()).hasSize(3);
      assertThat(report.path().reconnects()).isEqualTo(2);
      assertThat(report.epochs().get(0).closeCode()).isEqualTo(1012);
    }
    assertThat(asked)
        .containsExactly(
            "/stream/a", "/stream/a?from=70&run=00000001", "/stream/a?from=140&run=00000001");
  }

  @Test
  void withoutReconnectACutIsInconclusive() throws Exception {
    Report report =
        run(
            OURS,
            (client, life, from) -> {
              push(client, 0, 70);
              client.close(1001, "the server is stopping");
            },
            plan -> plan);

    addsUp(report.counts());
    assertThat(report.counts().neverSent()).isEqualTo(MESSAGES - 70);
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons())
        .contains(
            "connection 0 was closed by the server with 1001 \"the server is stopping\", with 130"
                + " messages still to come");
  }

  /** The new process numbers its messages anew: they must not pass for those of the old one. */
  @Test
  void aNewRunOfTheStreamIsReceivedFromItsFirstMessageAndTold() throws Exception {
    StreamMessages anew = new StreamMessages("a", "00000002");
    try (LyingStream server =
        LyingStream.start(
            OURS,
            (client, life, from) -> {
              if (life == 0) {
                push(client, 0, 70);
                client.close(1012, "restart");
              } else if (life == 1) {
                client.close(1008, "run 00000001 has ended; this is run 00000002, from=0");
              } else {
                for (int sequence = 0; sequence < MESSAGES; sequence++) {
                  client.send(anew.sealed(1, sequence));
                }
              }
            })) {
      server.stream = OURS;
      List<Report> reports = new ArrayList<>();
      Thread run =
          new Thread(
              () -> {
                try {
                  reports.add(
                      ReceivePlan.to(server.url())
                          .messages(MESSAGES)
                          .reconnect(true)
                          .build()
                          .run());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      run.start();
      while (server.asked.isEmpty()) {
        Thread.onSpinWait();
      }
      server.stream = anew;
      run.join(30_000);

      assertThat(server.asked)
          .containsExactly("/stream/a", "/stream/a?from=70&run=00000001", "/stream/a?run=00000002");
      Report report = reports.get(0);
      addsUp(report.counts());
      assertThat(report.counts().delivered()).isEqualTo(MESSAGES);
      assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(report.reasons())
          .anyMatch(r -> r.contains("run 00000002 in place of 00000001"))
          .anyMatch(r -> r.contains("after message 69 is unknown"));
    }
  }

  @Test
  void eachConnectionReceivesTheWholeStream() throws Exception {
    Report report =
        run(OURS, (client, life, from) -> push(client, 0, MESSAGES), plan -> plan.connections(3));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(3 * MESSAGES);
  }

  @Test
  void aSilentServerIsGivenUp() throws Exception {
    Report report = run(OURS, (client, life, from) -> push(client, 0, 20), plan -> plan);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo(MESSAGES - 20);
    assertThat(report.reasons())
        .contains("connection 0 was silent for 0.7 s (--drain), with 180 messages still to come");
  }

  @Test
  void aSlowReaderLosesNothing() throws Exception {
    Report report =
        run(
            OURS,
            (client, life, from) -> push(client, 0, MESSAGES),
            plan -> plan.readPause(Duration.ofMillis(300)).drain(Duration.ofSeconds(10)));

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
  }
}
