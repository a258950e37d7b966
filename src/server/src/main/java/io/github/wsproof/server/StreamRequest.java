package io.github.wsproof.server;

import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.StreamMessages;
import java.util.List;
import java.util.Map;

/**
 * What a receiver wants of a stream.
 *
 * @param name of the stream
 * @param from the first message that is wanted
 * @param run of which {@code from} is a number, or null: of whichever there is
 * @param rate messages per second of a stream that is started; 0 = not said
 * @param length messages of a stream that is started; 0 = not said
 * @param sealed whether messages are to bear a seal
 */
record StreamRequest(String name, long from, String run, double rate, long length, boolean sealed) {
  /**
   * Reads a request.
   *
   * @param name the part of the path behind {@link StreamMessages#PATH}
   * @throws IllegalArgumentException with a sentence that names the parameter, its value and what
   *     is allowed
   */
  static StreamRequest of(
      String name, Map<String, List<String>> query, boolean receiptAsked, StreamSettings settings) {
    if (!StreamMessages.isName(name)) {
      throw Query.wrong("a stream's name must be 1..64 of A-Z a-z 0-9 . _ -", "name", name);
    }
    String run = Query.only(StreamMessages.RUN_PARAMETER, query);
    if (run != null && !StreamMessages.isRun(run)) {
      throw Query.wrong("run must be 8 hex digits, as Wsproof-Stream tells", "run", run);
    }
    String receipt = Query.only(Receipt.QUERY_PARAMETER, query);
    if (receipt != null && !receipt.matches("[01]")) {
      throw Query.wrong("receipt must be 0 or 1", Receipt.QUERY_PARAMETER, receipt);
    }
    return new StreamRequest(
        name,
        Query.from(Query.only(StreamMessages.FROM_PARAMETER, query), 0),
        run,
        rate(Query.only(StreamMessages.RATE_PARAMETER, query), settings.rate()),
        length(Query.only(StreamMessages.LENGTH_PARAMETER, query)),
        receiptAsked || "1".equals(receipt));
  }

  private static double rate(String value, int highest) {
    if (value == null) {
      return 0;
    }
    boolean number = value.matches("\\d{1,9}(\\.\\d{1,6})?");
    double rate = number ? Double.parseDouble(value) : 0;
    if (!(rate > 0) || rate > highest) {
      throw Query.wrong("rate must be more than 0 and at most " + highest, "rate", value);
    }
    return rate;
  }

  private static long length(String value) {
    if (value == null) {
      return 0;
    }
    if (!Query.isNumber(value) || Long.parseLong(value) == 0) {
      throw Query.wrong("n must be 1 or more messages", "n", value);
    }
    return Long.parseLong(value);
  }
}
