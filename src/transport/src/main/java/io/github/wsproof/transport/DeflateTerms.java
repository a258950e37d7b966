package io.github.wsproof.transport;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What server and client have agreed on about compression: permessage-deflate, RFC 7692.
 *
 * <p>The offer is that of browsers, so that a server does to it what it does to theirs. A server
 * may ask for every parameter then. The JDK's Deflater knows no window but that of 15 bits; where
 * the server wants a smaller one (§7.1.2.2), messages are coded without looking back at all, which
 * every window can read. The JDK's Inflater reads every window.
 *
 * @param clientForgets {@code client_no_context_takeover}: each message is deflated by itself
 * @param serverForgets {@code server_no_context_takeover}: each message is inflated by itself
 * @param smallWindow {@code client_max_window_bits} below 15
 * @param parameters as the server has put them, or ""
 */
record DeflateTerms(
    boolean clientForgets, boolean serverForgets, boolean smallWindow, String parameters) {

  static final String NAME = "permessage-deflate";
  static final String OFFER = NAME + "; client_max_window_bits";
  private static final String WIDEST = "15";
  static final String HEADER = "Sec-WebSocket-Extensions";

  /**
   * Reads the server's answer to the offer.
   *
   * @param accepted the values of its {@link #HEADER}, or null
   * @param offered whether {@link #NAME} was offered
   * @param others the extensions that were offered beside it, which are somebody else's
   * @return null where the server has not accepted
   * @throws IOException where the handshake must fail: with the rest of a sentence that begins with
   *     the server's name (RFC 6455 §4.1, RFC 7692 §5.1, §7.1)
   */
  static DeflateTerms agreed(List<String> accepted, boolean offered, Set<String> others)
      throws IOException {
    DeflateTerms agreed = null;
    for (String extension : accepted == null ? List.<String>of() : accepted) {
      for (String one : extension.split(",")) {
        String name = one.split(";", 2)[0].strip();
        if (offered && name.equalsIgnoreCase(NAME)) {
          if (agreed != null) {
            throw new IOException("accepted " + NAME + " twice: " + shown(extension));
          }
          agreed = parse(one);
        } else if (!one.isBlank() && !others.contains(name)) {
          throw new IOException("accepted an extension that was not offered: " + shown(one));
        }
      }
    }
    return agreed;
  }

  private static DeflateTerms parse(String extension) throws IOException {
    Map<String, String> seen = new HashMap<>();
    String[] parts = extension.split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].strip().split("=", 2);
      String name = parameter[0].strip().toLowerCase(Locale.ROOT);
      String value = parameter.length == 1 ? null : unquoted(parameter[1].strip());
      String wrong = seen.containsKey(name) ? "has it twice" : wrong(name, value);
      seen.put(name, value);
      if (wrong != null) {
        throw new IOException(
            "accepted " + NAME + " with the parameter " + shown(parts[i]) + ", which " + wrong);
      }
    }
    return new DeflateTerms(
        seen.containsKey("client_no_context_takeover"),
        seen.containsKey("server_no_context_takeover"),
        !seen.getOrDefault("client_max_window_bits", WIDEST).equals(WIDEST),
        parts.length == 1 ? "" : extension.substring(extension.indexOf(';') + 1).strip());
  }

  /** What is wrong with a parameter, or null. */
  private static String wrong(String name, String value) {
    return switch (name) {
      case "client_no_context_takeover", "server_no_context_takeover" ->
          value == null ? null : "takes no value (RFC 7692 section 7.1.1)";
      case "client_max_window_bits", "server_max_window_bits" ->
          value != null && value.matches("[89]|1[0-5]")
              ? null
              : "must be 8 to 15 (RFC 7692 section 7.1.2)";
      default -> "is unknown (RFC 7692 section 7.1)";
    };
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  private static String shown(String text) {
    return Text.printable(text.strip(), 100);
  }

  /** As in the header. */
  @Override
  public String toString() {
    return parameters.isEmpty() ? NAME : NAME + "; " + parameters;
  }
}
