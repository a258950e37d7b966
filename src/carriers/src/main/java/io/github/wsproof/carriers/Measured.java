package io.github.wsproof.carriers;

import io.github.wsproof.client.Report.Percentiles;

/**
 * What was measured of one transport in one way of sending.
 *
 * @param messages that were sent
 * @param messagesPerSecond answered, in all rounds
 * @param latencyMicros from a message's being sent to its reply
 * @param pushMicros from the server's having a message to the client's knowing its reply; null
 *     where a server cannot send of its own accord
 * @param bytesPerMessage on the wire before the server, both ways, headers included
 * @param outboundBytesPerMessage of these, to the server
 * @param inboundBytesPerMessage of these, from the server
 * @param connections that were opened
 * @param requests of HTTP, a handshake among them
 */
public record Measured(
    long messages,
    double messagesPerSecond,
    Percentiles latencyMicros,
    Percentiles pushMicros,
    double bytesPerMessage,
    double outboundBytesPerMessage,
    double inboundBytesPerMessage,
    long connections,
    long requests) {}
