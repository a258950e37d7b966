package io.github.wsproof.server;

/** A request, whatever the API that brings it. Used on one thread. */
public interface HandshakeRequestView {
  /** The path within the deployment, such as {@code /echo}, as whoever serves it takes it. */
  String path();

  /** The query as it was sent, or null. */
  String query();

  /** A query parameter's first value, decoded, or null. */
  String parameter(String name);

  /** A header's first value, or null; its name in any case. */
  String header(String name);

  /** The address of the client or of the proxy before it, without a port; "-" if not known. */
  String address();

  /**
   * Asks the container who the client is. Returns whether the client must say so first: then the
   * response bears the container's challenge.
   */
  default boolean isChallenged() {
    return false;
  }

  /** Who the client is to the container, or null where it has not said so. */
  default String user() {
    return null;
  }

  /** Whether the container has given the client this role. */
  boolean isUserInRole(String role);
}
