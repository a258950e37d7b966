package io.github.wsproof.carriers;

/** A way to carry messages and their replies. */
interface Carrier {
  /** What it is called, in tables and reports. */
  String name();

  /** Carries messages, and accounts for them. */
  Outcome carry(Turn turn) throws InterruptedException;
}
