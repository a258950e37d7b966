package io.github.wsproof.carriers;

import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.util.List;

/**
 * One transport.
 *
 * @param transport its name
 * @param verdict of its messages; null where the server has it not
 * @param missing why the server has it not, or null
 * @param counts the account of all its messages; null where the server has it not
 * @param oneAtATime each message sent when the one before was answered
 * @param burst with several in flight; null if that was not asked for
 * @param reasons sentences about what went wrong
 * @param anomalies a sample of what was wrong
 */
public record Result(
    String transport,
    Verdict verdict,
    String missing,
    Counts counts,
    Measured oneAtATime,
    Measured burst,
    List<String> reasons,
    List<Anomaly> anomalies) {}
