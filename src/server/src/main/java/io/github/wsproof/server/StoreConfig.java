package io.github.wsproof.server;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where rooms and streams live that several servers share.
 *
 * @param uri of a Redis, or null: in memory
 */
record StoreConfig(URI uri) {
  /** Where it is set to be. */
  static StoreConfig of(Settings settings) {
    String text = settings.text("redis");
    if (text == null || text.isEmpty()) {
      return new StoreConfig(null);
    }
    try {
      URI uri = new URI(text);
      boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
      if (known && uri.getHost() != null) {
        return new StoreConfig(
            uri.getPort() < 0
                ? new URI(
                    uri.getScheme(),
                    uri.getUserInfo(),
                    uri.getHost(),
                    6379,
                    uri.getPath(),
                    null,
                    null)
                : uri);
      }
    } catch (URISyntaxException e) {
      // Told below, without what may be a password.
      throw wrong();
    }
    throw wrong();
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "redis must be a URL such as redis://host:6379 or redis://user:password@host:6379/0; what is"
            + " set is not shown, for it may hold a password");
  }

  /** Without a password. */
  @Override
  public String toString() {
    return uri == null ? "memory" : uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort();
  }
}
