package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import org.junit.jupiter.api.Test;

class ReceiptClaimTest {

  @Test
  void aCountThatNoServerCanHaveReachedIsNoReceipt() {
    Messages messages = new Messages(1, 0);
    Ledger ledger = new Ledger(messages, false, Ledger.Listener.NONE);
    ledger.opened(0, ReplyForm.DEFAULT, Receipts.ASKED);
    ledger.send(0);
    String reply = new String(messages.content(new Identity(0, 0)), UTF_8) + " - 42";

    ledger.reply(0, Receipt.append(reply.getBytes(UTF_8), 1_000_000_000_000_000_000L), false);

    assertThat(ledger.account(1).counts().corrupted()).isEqualTo(1);
    assertThat(ledger.receipts(0)).isFalse();
  }
}
