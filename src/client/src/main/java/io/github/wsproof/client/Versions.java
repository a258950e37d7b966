package io.github.wsproof.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that the build wrote down. */
public final class Versions {
  /** Of wsproof. */
  public static final String WSPROOF;

  /** Of Tyrus. */
  static final String TYRUS;

  static {
    Properties versions = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WSPROOF = versions.getProperty("wsproof");
    TYRUS = versions.getProperty("tyrus");
  }

  private Versions() {}
}
