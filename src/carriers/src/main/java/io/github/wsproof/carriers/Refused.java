package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;

/** An answer that is none of those that are wanted, or none at all. */
final class Refused {
  private static final int LONGEST = 120;

  private Refused() {}

  static String sentence(String method, String path, HttpResponse<byte[]> answer) {
    String shown = shown(new String(answer.body(), UTF_8));
    return method
        + " "
        + path
        + " was answered with HTTP "
        + answer.statusCode()
        + (shown.isEmpty() ? "" : ": " + shown);
  }

  /** Why a request was not answered, in the words of a user: the JDK's are of its classes. */
  static String why(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof HttpTimeoutException) {
      return "no answer came in time";
    }
    if (failure instanceof ConnectException) {
      return "nothing accepts connections there";
    }
    if (message.contains("received no bytes")) {
      return "the connection was closed without an answer";
    }
    if (failure instanceof ProtocolException) {
      return "what answers speaks no HTTP/1.1: " + shown(message);
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : shown(message);
  }

  /** The first line, or the first of a long one; printable. */
  private static String shown(String text) {
    String line = text.lines().findFirst().orElse("").replaceAll("\\p{C}", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }
}
