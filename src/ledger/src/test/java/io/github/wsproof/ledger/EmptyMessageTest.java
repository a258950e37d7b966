package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.Sizes;
import org.junit.jupiter.api.Test;

/** What can be said of messages that carry no identity: 0, 3, 6, … of each connection are empty. */
class EmptyMessageTest {
  private final Messages messages = new Messages(1, Sizes.parse("0,24,24"), false);

  private Ledger ledger(ReplyForm form, Receipts receipts, int sent) {
    Ledger ledger = new Ledger(messages, Format.TEXT, Ledger.Listener.NONE);
    ledger.opened(0, form, receipts);
    for (int i = 0; i < sent; i++) {
      ledger.send(0);
    }
    return ledger;
  }

  private String message(long sequence) {
    return new String(messages.content(new Identity(0, sequence)), UTF_8);
  }

  private void reply(Ledger ledger, String reply) {
    ledger.reply(0, reply.getBytes(UTF_8), false);
  }

  /** As a server answers the message that it counted as its k-th. */
  private void receipted(Ledger ledger, long sequence, long k) {
    String reply = sequence < 0 ? "" : message(sequence);
    ledger.reply(0, Receipt.append((reply + " - 42").getBytes(UTF_8), k), false);
  }

  private static void assertCounts(Ledger ledger, String counts) {
    Counts c = ledger.account(ledger.sent(0)).counts();
    assertThat(
            String.format(
                "%d delivered %d lost %d duplicated %d reordered %d unexpected %d in doubt",
                c.delivered(),
                c.lost(),
                c.duplicated(),
                c.reordered(),
                c.unexpected(),
                c.inDoubt()))
        .isEqualTo(counts);
    assertThat(c.corrupted() + c.misdelivered()).isZero();
  }

  @Test
  void inOrderEachIsDelivered() {
    Ledger ledger = ledger(ReplyForm.DEFAULT, Receipts.OFF, 7);
    for (int i = 0; i < 7; i++) {
      reply(ledger, message(i) + " - 42");
    }
    assertCounts(ledger, "7 delivered 0 lost 0 duplicated 0 reordered 0 unexpected 0 in doubt");
  }

  @Test
  void aBareEchoOfNothingIsItsReply() {
    Ledger ledger = ledger(ReplyForm.parse("{message}"), Receipts.OFF, 4);
    for (int i = 0; i < 4; i++) {
      reply(ledger, message(i));
    }
    assertCounts(ledger, "4 delivered 0 lost 0 duplicated 0 reordered 0 unexpected 0 in doubt");
  }

  @Test
  void oneIsLostIfALaterMessageIsAnsweredAndInDoubtIfNone() {
    Ledger ledger = ledger(ReplyForm.DEFAULT, Receipts.OFF, 7);
    reply(ledger, message(1) + " - 42");
    reply(ledger, message(2) + " - 42");
    reply(ledger, " - 42");
    reply(ledger, message(4) + " - 42");
    ledger.ended(0);
    // 0 is lost; 3 is delivered; 5 and 6 are in doubt.
    assertCounts(ledger, "4 delivered 1 lost 0 duplicated 0 reordered 0 unexpected 2 in doubt");
  }

  @Test
  void aSecondReplyIsADuplicateAndOneToNoneIsUnexpected() {
    Ledger ledger = ledger(ReplyForm.DEFAULT, Receipts.OFF, 2);
    reply(ledger, " - 42");
    reply(ledger, " - 42");
    reply(ledger, message(1) + " - 42");
    assertCounts(ledger, "2 delivered 0 lost 1 duplicated 0 reordered 0 unexpected 0 in doubt");

    Ledger other = new Ledger(messages, Format.TEXT, Ledger.Listener.NONE);
    other.opened(0, ReplyForm.DEFAULT, Receipts.OFF);
    reply(other, " - 42");
    assertCounts(other, "0 delivered 0 lost 0 duplicated 0 reordered 1 unexpected 0 in doubt");
  }

  @Test
  void aLateOneIsReordered() {
    Ledger ledger = ledger(ReplyForm.DEFAULT, Receipts.OFF, 3);
    reply(ledger, message(1) + " - 42");
    reply(ledger, " - 42");
    reply(ledger, message(2) + " - 42");
    assertCounts(ledger, "3 delivered 0 lost 0 duplicated 1 reordered 0 unexpected 0 in doubt");
  }

  @Test
  void receiptsTellWhichAndOnWhichLeg() {
    Ledger ledger = ledger(ReplyForm.DEFAULT, Receipts.ON, 9);
    receipted(ledger, -1, 1);
    receipted(ledger, 1, 2);
    receipted(ledger, 2, 3);
    // 3 is counted, and its reply lost; 6 never arrives.
    receipted(ledger, 4, 5);
    receipted(ledger, 5, 6);
    receipted(ledger, 5, 6);
    receipted(ledger, 7, 7);
    receipted(ledger, 8, 8);
    assertCounts(ledger, "7 delivered 2 lost 1 duplicated 0 reordered 0 unexpected 0 in doubt");
    Account account = ledger.account(9);
    assertThat(account.legs().get(Leg.INBOUND)).containsEntry(Kind.LOST, 1L);
    assertThat(account.legs().get(Leg.OUTBOUND)).containsEntry(Kind.LOST, 1L);
  }

  @Test
  void oneOfTheOtherFormatIsNotTaken() {
    Messages mixed = new Messages(1, Sizes.parse("0,24"), false);
    Ledger ledger = new Ledger(mixed, Format.MIXED, Ledger.Listener.NONE);
    ledger.opened(0, ReplyForm.DEFAULT, Receipts.OFF);
    ledger.send(0);
    ledger.reply(0, " - 42".getBytes(UTF_8), true);
    assertThat(ledger.account(1).counts().unexpected()).isEqualTo(1);
    assertThat(ledger.account(1).counts().lost()).isEqualTo(1);
  }
}
