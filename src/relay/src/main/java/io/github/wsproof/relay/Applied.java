package io.github.wsproof.relay;

/**
 * A fault that happened.
 *
 * @param connection the connection's number, from 0 in the order of accepting
 * @param index the message's number on that leg of that connection, from 0
 * @param excerpt the beginning of the message
 */
public record Applied(Fault fault, Leg leg, int connection, long index, String excerpt) {}
