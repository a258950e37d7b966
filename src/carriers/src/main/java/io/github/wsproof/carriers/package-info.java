/**
 * The same messages over WebSocket and over what is used in its stead: request and response,
 * polling, server-sent events. One ledger judges all of them.
 */
package io.github.wsproof.carriers;
