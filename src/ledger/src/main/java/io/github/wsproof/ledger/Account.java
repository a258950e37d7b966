package io.github.wsproof.ledger;

import java.util.List;
import java.util.Map;

/**
 * The ledger added up.
 *
 * @param counts exact
 * @param verdict what they lead to
 * @param receipts whether every connection that was answered gave receipts
 * @param legs how many of each kind on which leg, exact; the totals are those of {@code counts}
 * @param anomalies a sample: at most {@link Ledger#SAMPLE} of a kind
 */
public record Account(
    Counts counts,
    Verdict verdict,
    boolean receipts,
    Map<Leg, Map<Kind, Long>> legs,
    List<Anomaly> anomalies) {}
