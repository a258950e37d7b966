package io.github.wsproof.hostile;

/**
 * How a connection ended.
 *
 * @param code the server's close code (1000 and above), an HTTP status (below), or {@link #NONE}
 * @param answered whether more was answered than the sound messages
 * @param reset whether TCP was reset, so that a client may not see the code, or bytes before it
 */
public record End(int code, boolean answered, boolean reset) {
  /** Neither a Close frame nor an HTTP response. */
  public static final int NONE = 0;

  @Override
  public String toString() {
    return code + (answered ? ", answered" : "") + (reset ? ", reset" : "");
  }
}
