package io.github.wsproof.cli;

/** Something cannot be had: a port, a file. Its message is a sentence for the user. */
final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
