/**
 * What both ends agree on: the message and its identity, the form of a reply, the receipt.
 *
 * <p>Pure functions over bytes; no dependencies, no I/O, no clock.
 */
package io.github.wsproof.protocol;
