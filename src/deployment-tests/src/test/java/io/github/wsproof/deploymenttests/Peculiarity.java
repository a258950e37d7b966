package io.github.wsproof.deploymenttests;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What a container does in its own way, so that the same tests run on all of them. */
enum Peculiarity {
  /** Upgrades before any filter is asked: a refused connection opens and is closed at once. */
  REFUSES_BY_A_CLOSE,
  /** Accepts permessage-deflate; the others answer without it, and clients go on without. */
  DEFLATES,
  /** Gathers messages where an endpoint allows it; most containers ignore that. */
  BATCHES,
  /**
   * When it is closed while its client sends as fast as it can, about one connection in 150 is
   * reset before the close frame has gone out (12.1.12, as seen on the wire): the client gets 1006.
   */
  RESETS_WHAT_IT_CLOSES,
  /** There is no WAR to add an endpoint to: {@code wsproof serve}. */
  HOLDS_ITS_APPLICATION;

  private static final Map<String, Set<Peculiarity>> OF =
      Map.of(
          "tomcat", EnumSet.of(DEFLATES, BATCHES),
          "tomcat-11", EnumSet.of(DEFLATES, BATCHES),
          "jetty-12.0", EnumSet.of(REFUSES_BY_A_CLOSE, DEFLATES, RESETS_WHAT_IT_CLOSES),
          "jetty-12.1", EnumSet.of(REFUSES_BY_A_CLOSE, DEFLATES, RESETS_WHAT_IT_CLOSES),
          "grizzly", EnumSet.of(HOLDS_ITS_APPLICATION));

  /** Whether the container that is tested is so. */
  boolean isHere() {
    return OF.getOrDefault(System.getProperty("arquillian.launch"), Set.of()).contains(this);
  }
}
