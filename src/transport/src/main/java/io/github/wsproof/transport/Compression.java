package io.github.wsproof.transport;

/**
 * What permessage-deflate (RFC 7692) has saved on one connection so far.
 *
 * @param terms what was agreed on, as in the handshake's response
 * @param sentBytes payload of the messages that were sent, before they were deflated
 * @param sentWireBytes the frames that they were sent in, headers included
 * @param receivedBytes payload of the messages that have come, inflated
 * @param receivedWireBytes the frames that they came in, headers included
 */
public record Compression(
    String terms, long sentBytes, long sentWireBytes, long receivedBytes, long receivedWireBytes) {}
