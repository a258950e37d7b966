package io.github.wsproof.server;

/**
 * What a handshake has asked for.
 *
 * @param request null where it makes no sense
 * @param stream null where there is none to tell of
 * @param refusal why it is not to be had, or null
 */
record Subscription(StreamRequest request, PushStream stream, Refusal refusal) {}
