package io.github.wsproof.ledger;

/** Whether the replies of a connection carry receipts. */
public enum Receipts {
  /** No. */
  OFF,
  /** They were asked for; the first reply that is whole, or has a right receipt, decides. */
  ASKED,
  /** Yes, as the server announced or showed: a reply without a right one is corrupted. */
  ON
}
