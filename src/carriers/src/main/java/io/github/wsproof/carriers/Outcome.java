package io.github.wsproof.carriers;

import io.github.wsproof.client.Latency;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import java.util.List;

/**
 * What a turn came to.
 *
 * @param counts the account of its messages
 * @param anomalies a sample of what was wrong
 * @param latency from a message's being sent to its reply
 * @param push from the server's having a message to the client's knowing its reply; null where a
 *     server cannot send of its own accord
 * @param nanos from the first message to the last reply
 * @param requests of HTTP, a handshake among them
 * @param reasons sentences about what went wrong
 * @param missing why the server has not this transport, or null
 */
record Outcome(
    Counts counts,
    List<Anomaly> anomalies,
    Latency latency,
    Latency push,
    long nanos,
    long requests,
    List<String> reasons,
    String missing) {
  static Outcome missing(String why) {
    return new Outcome(null, List.of(), null, null, 0, 0, List.of(), why);
  }
}
