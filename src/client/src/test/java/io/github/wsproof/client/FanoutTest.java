package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.LyingRoom.Behaviour;
import io.github.wsproof.client.LyingRoom.Member;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.RoomMessages;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rooms are accounted for: each lie is exactly its anomaly, the truth is none. */
@Timeout(60)
class FanoutTest {
  private static final int SUBSCRIBERS = 4;
  private static final int MESSAGES = 60;

  /** In the room of two publishers: their joins and those of the subscribers come first. */
  private static final long FIRST = SUBSCRIBERS + 2;

  private static final Behaviour HONEST = new Behaviour() {};

  private static Report run(Behaviour behaviour, UnaryOperator<FanoutPlan.Builder> options)
      throws Exception {
    try (LyingRoom server = LyingRoom.start(behaviour)) {
      return options
          .apply(
              FanoutPlan.to(server.url())
                  .publishers(2)
                  .subscribers(SUBSCRIBERS)
                  .messages(MESSAGES)
                  .drain(Duration.ofMillis(700)))
          .build()
          .run();
    }
  }

  private static Report run(Behaviour behaviour) throws Exception {
    return run(behaviour, plan -> plan);
  }

  private static void addsUp(Counts c) {
    assertThat(c.delivered() + c.lost() + c.corrupted() + c.inDoubt() + c.gone())
        .isEqualTo(c.sent());
    assertThat(c.sent() + c.neverSent()).isEqualTo(c.planned());
  }

  private static long anomalies(Counts counts) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      sum += counts.of(kind);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theTruthIsNoAnomaly(int rooms) throws Exception {
    Report report = run(HONEST, plan -> plan.rooms(rooms));

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo((long) MESSAGES * SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isZero();
    assertThat(report.anomalies()).isEmpty();
    assertThat(report.path().fanout().accepted()).isEqualTo(MESSAGES);
    assertThat(report.latencyMicros().sent()).isNotNull();
    assertThat(Reports.fromJson(Reports.toJson(report)).counts()).isEqualTo(report.counts());
    addsUp(report.counts());
  }

  /** Such as the echo of the same server: it was once waited for without end. */
  @Test
  void whatIsNoRoomIsNotWaitedFor() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public boolean isRoom() {
                return false;
              }
            },
            plan -> plan);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo((long) MESSAGES * SUBSCRIBERS);
    assertThat(report.reasons())
        .contains("nothing was verified: nobody got into a room")
        .anyMatch(
            reason ->
                reason.matches(
                    "subscriber 0 was not let in within 3 s; is there a room of a wsproof server at"
                        + " ws://\\S+/rooms/a\\?"));
    addsUp(report.counts());
  }

  /** One lie to one subscriber, whichever of the members hears first. */
  private enum Lie {
    DROP(Kind.LOST) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        if (number != AT) {
          to.say(log.get(number));
        }
      }
    },
    DUPLICATE(Kind.DUPLICATED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        to.say(log.get(number));
        if (number == AT + 3) {
          to.say(log.get(AT));
        }
      }
    },
    SWAP(Kind.REORDERED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        if (number == AT + 1) {
          to.say(log.get(AT + 1));
          to.say(log.get(AT));
        } else if (number != AT) {
          to.say(log.get(number));
        }
      }
    },
    LATE(Kind.REORDERED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        if (number != AT) {
          to.say(log.get(number));
        }
        if (number == AT + 20) {
          to.say(log.get(AT));
        }
      }
    },
    CHANGE(Kind.CORRUPTED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        byte[] text = log.get(number).clone();
        text[text.length - 30] ^= number == AT ? 1 : 0;
        to.say(text);
      }
    },
    CHANGE_NUMBER(Kind.CORRUPTED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        byte[] text = log.get(number).clone();
        text[7] ^= number == AT ? 1 : 0;
        to.say(text);
      }
    },
    CUT(Kind.CORRUPTED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        byte[] text = log.get(number);
        to.say(number == AT ? java.util.Arrays.copyOf(text, 20) : text);
      }
    },
    INSERT_NOISE(Kind.UNEXPECTED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        if (number == AT) {
          to.say("noise".getBytes(UTF_8));
        }
        to.say(log.get(number));
      }
    },
    OTHER_ORDER(Kind.REORDERED) {
      /** Two messages change places, and their numbers with them: nobody else got them so. */
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        if (number == AT + 1) {
          to.say(renumbered(log.get(AT + 1), AT));
          to.say(renumbered(log.get(AT), AT + 1));
        } else if (number != AT) {
          to.say(log.get(number));
        }
      }
    },
    OTHER_RANDOM(Kind.CORRUPTED) {
      @Override
      void say(Member to, Map<Long, byte[]> log, long number) {
        byte[] text = log.get(number);
        to.say(number == AT ? sealed(text, "\"random\":42", "\"random\":43") : text);
      }
    };

    private static final long AT = FIRST + 17;
    private final Kind kind;

    Lie(Kind kind) {
      this.kind = kind;
    }

    abstract void say(Member to, Map<Long, byte[]> log, long number);
  }

  private static byte[] renumbered(byte[] text, long number) {
    return sealed(text, "\"seq\":\\d+", "\"seq\":" + number);
  }

  /** A message with something replaced, sealed again as the server would. */
  private static byte[] sealed(byte[] text, String pattern, String replacement) {
    String changed = new String(text, UTF_8).replaceFirst(pattern, replacement);
    String[] parts =
        changed
            .replaceFirst(
                "\\{\"seq\":(\\d+),\"random\":(\\d+),\"member\":\"([^\"]*)\",\"n\":(\\d+),"
                    + "\"text\":\"(.*)\",\"crc\":.*",
                "$1|$2|$3|$4|$5")
            .split("\\|");
    return RoomMessages.message(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        parts[2],
        Long.parseLong(parts[3]),
        parts[4]);
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void aLieToOneSubscriberIsExactlyItsAnomaly(Lie lie) throws Exception {
    for (int victim : new int[] {0, SUBSCRIBERS - 1}) {
      Map<Long, byte[]> log = new HashMap<>();
      Report report =
          run(
              new Behaviour() {
                @Override
                public void say(LyingRoom server, Member to, long number, byte[] text) {
                  log.put(number, text);
                  if (to.isPublisher() || to.index() != victim || number < FIRST) {
                    to.say(text);
                  } else {
                    lie.say(to, log, number);
                  }
                }
              });

      String what = lie + " to " + victim + ": " + report.counts() + report.anomalies();
      assertThat(report.counts().of(lie.kind)).as(what).isEqualTo(1);
      assertThat(anomalies(report.counts())).as(what).isEqualTo(1);
      assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(report.anomalies()).as(what).hasSize(1);
      assertThat(report.anomalies().get(0).connection()).isEqualTo(victim);
      assertThat(report.anomalies().get(0).leg())
          .isEqualTo(lie == Lie.OTHER_ORDER ? Leg.UNKNOWN : Leg.INBOUND);
      addsUp(report.counts());
    }
  }

  @Test
  void whatTheServerTakesAndNobodyGetsIsLostToAll() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                return n == 17 ? null : text;
              }
            });

    assertThat(report.counts().lost()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
    assertThat(report.path().fanout().accepted()).isEqualTo(MESSAGES - 1);
    addsUp(report.counts());
  }

  @Test
  void whatIsChangedOnItsWayToTheServerIsCorruptedOutboundForAll() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                return n == 17 ? text.substring(0, text.length() - 1) + "x" : text;
              }
            });

    assertThat(report.counts().corrupted()).as("" + report.anomalies()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
    assertThat(report.legs().get(Leg.OUTBOUND)).containsEntry(Kind.CORRUPTED, (long) SUBSCRIBERS);
    addsUp(report.counts());
  }

  @Test
  void whatIsPublishedTwiceIsDuplicatedForAll() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                if (n == 17) {
                  server.publish(from.room(), from, n, text);
                }
                return text;
              }
            });

    assertThat(report.counts().duplicated()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
  }

  @Test
  void aPublishersOrderIsThatOfTheRoom() throws Exception {
    String[] held = new String[1];
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                if (n == 7) {
                  held[0] = text;
                  return null;
                }
                if (n == 8) {
                  server.publish(from.room(), from, n, text);
                  return held[0];
                }
                return text;
              }
            },
            plan -> plan.publishers(1));

    assertThat(report.counts().reordered()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
    assertThat(report.legs().get(Leg.UNKNOWN)).containsEntry(Kind.REORDERED, (long) SUBSCRIBERS);
  }

  @Test
  void aMessageThatGoesToAnotherRoomIsForeignThereAndLostHere() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                if (text.startsWith("Request 0/7 ")) {
                  server.publish("a-2", from, n, text);
                  return null;
                }
                return text;
              }
            },
            plan -> plan.rooms(2).publishers(1));

    assertThat(report.counts().foreignRoom()).isEqualTo(SUBSCRIBERS);
    assertThat(report.counts().lost()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).as("" + report.anomalies()).isEqualTo(2 * SUBSCRIBERS);
    assertThat(Reports.fromJson(Reports.toJson(report)).counts()).isEqualTo(report.counts());
  }

  @Test
  void aMessageThatComesFromAnotherRoomBesideIsForeignAlone() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public void say(LyingRoom server, Member to, long number, byte[] text) {
                to.say(text);
                if (number == 20 && to.room().equals("a-1") && !to.isPublisher()) {
                  for (Member other : server.members) {
                    if (other.room().equals("a-2") && other.index() == 2 * SUBSCRIBERS - 1) {
                      other.say(text);
                    }
                  }
                }
              }
            },
            plan -> plan.rooms(2).publishers(1));

    assertThat(report.counts().foreignRoom()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).as("" + report.anomalies()).isEqualTo(SUBSCRIBERS);
  }

  @Test
  void whatIsGoneIsGone() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public void say(LyingRoom server, Member to, long number, byte[] text) {
                if (to.isPublisher() || to.index() != 1 || number < 20 || number > 24) {
                  to.say(text);
                } else if (number == 24) {
                  to.say(RoomMessages.gone(20, 24).getBytes(UTF_8));
                }
              }
            });

    assertThat(report.counts().gone()).isEqualTo(5);
    assertThat(anomalies(report.counts())).isEqualTo(5);
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    addsUp(report.counts());
  }

  @Test
  void anEventThatDoesNotComeFailsTheRun() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public void say(LyingRoom server, Member to, long number, byte[] text) {
                if (number != FIRST - 1 || to.isPublisher() || to.index() != 1) {
                  to.say(text);
                }
              }
            });

    assertThat(report.counts().delivered()).isEqualTo((long) MESSAGES * SUBSCRIBERS);
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.reasons())
        .contains("1 times a member that stayed did not hear who came or went");
  }

  @Test
  void aSubscriberThatIsCutIsInDoubt() throws Exception {
    Report report = run(cutting(1006));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().inDoubt()).isPositive();
    assertThat(anomalies(report.counts())).isEqualTo(report.counts().inDoubt());
    addsUp(report.counts());
  }

  @Test
  void withReconnectItGoesOnBehindTheLast() throws Exception {
    Report report = run(cutting(1006), plan -> plan.reconnect(true));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    assertThat(report.path().reconnects()).isEqualTo(1);
  }

  @Test
  void aSlowSubscriberThatIsClosedForItGoesOnBehindTheLast() throws Exception {
    Report report = run(cutting(1013), plan -> plan.slow(2).slowPause(Duration.ofMillis(1)));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    assertThat(report.path().fanout().slowed()).isEqualTo(1);
  }

  private static Behaviour cutting(int code) {
    return new Behaviour() {
      @Override
      public void said(LyingRoom server, Member to, long number) {
        if (!to.isPublisher() && to.index() == 1 && to.life() == 0 && number == FIRST + 20) {
          if (code == 1006) {
            to.socket().closeConnection(1006, "");
          } else {
            to.socket().close(code, "too slow");
          }
        }
      }
    };
  }

  /** Took the message, and told nobody yet: the publisher cannot know. */
  @Test
  void whatWasOnItsWayWhenAPublisherWasCutIsInDoubt() throws Exception {
    Behaviour cutsPublisher =
        new Behaviour() {
          @Override
          public String published(LyingRoom server, Member from, int n, String text) {
            if (from.life() > 0 || !text.startsWith("Request 0/5 ")) {
              return from.socket().isOpen() ? text : null;
            }
            from.socket().closeConnection(1006, "");
            return null;
          }
        };
    Report report = run(cutsPublisher, plan -> plan.reconnect(true).window(1));

    assertThat(report.counts().inDoubt()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
    assertThat(report.path().fanout().inDoubt()).isEqualTo(1);
    assertThat(report.path().fanout().accepted()).isEqualTo(MESSAGES - 1);
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    addsUp(report.counts());
  }

  @Test
  void whatIsRefusedIsPublishedAgainAsAnotherMessage() throws Exception {
    Behaviour refusing =
        new Behaviour() {
          @Override
          public String published(LyingRoom server, Member from, int n, String text) {
            if (!text.startsWith("Request 0/5 ")) {
              return text;
            }
            from.say(RoomMessages.refused(6, "not now").getBytes(UTF_8));
            return null;
          }
        };
    Report again = run(refusing, plan -> plan.reconnect(true));
    Report once = run(refusing);

    assertThat(again.verdict()).as("" + again.counts()).isEqualTo(Verdict.PASS);
    assertThat(again.path().fanout().refused()).isEqualTo(1);
    assertThat(again.path().fanout().published()).isEqualTo(MESSAGES + 1);
    assertThat(again.counts().delivered()).isEqualTo((long) MESSAGES * SUBSCRIBERS);
    assertThat(once.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(once.counts().neverSent()).isPositive();
    assertThat(once.reasons()).anyMatch(r -> r.contains("publisher 0: not now"));
    addsUp(once.counts());
  }

  @Test
  void nobodyToTalkToIsInconclusive() throws Exception {
    LyingRoom server = LyingRoom.start(HONEST);
    String url = server.url();
    server.close();
    Report report = FanoutPlan.to(url).subscribers(2).messages(5).build().run();

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo(10);
    assertThat(report.reasons()).anyMatch(r -> r.startsWith("could not connect to " + url));
  }

  @Test
  void oneThatIsNotOfThisRunIsUnexpected() throws Exception {
    Report report =
        run(
            new Behaviour() {
              @Override
              public String published(LyingRoom server, Member from, int n, String text) {
                if (n == 7) {
                  server.publish(
                      from.room(), new Member(from.socket(), "stranger", from.room(), 0), 1, "hi");
                }
                return text;
              }
            });

    assertThat(report.counts().unexpected()).isEqualTo(SUBSCRIBERS);
    assertThat(anomalies(report.counts())).isEqualTo(SUBSCRIBERS);
    assertThat(report.anomalies()).extracting(Anomaly::kind).containsOnly(Kind.UNEXPECTED);
  }
}
