package io.github.wsproof.transport;

import io.github.wsproof.transport.ConnectionEnd.Cause;
import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** What a socket's exception means; the JDK says it only in the message. */
final class SocketFailures {

  private SocketFailures() {}

  static Cause causeOf(IOException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (failure instanceof SSLException) {
      return Cause.FAILED;
    }
    if (message.contains("reset") || message.contains("broken pipe")) {
      return Cause.RESET;
    }
    return message.contains("timed out") ? Cause.TIMED_OUT : Cause.FAILED;
  }
}
