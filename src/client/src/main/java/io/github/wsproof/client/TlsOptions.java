package io.github.wsproof.client;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom to trust over TLS, and who the client is. Immutable and thread-safe.
 *
 * @param cacert the certificates that are trusted (PEM) instead of the system's, or null
 * @param cert the client's certificate, its chain behind it (PEM), or a PKCS#12 file with the key;
 *     or null
 * @param key the client's private key (PEM), or null: it is in {@code cert}
 * @param insecure whether the server's certificate is not checked at all
 * @param context made from them; null until it is needed, for the system's trust takes time to read
 */
public record TlsOptions(Path cacert, Path cert, Path key, boolean insecure, SSLContext context) {
  /** The system's trust, and no client certificate. */
  public static final TlsOptions SYSTEM = new TlsOptions(null, null, null, false, null);

  private static final char[] NO_PASSWORD = new char[0];

  /**
   * Reads the files.
   *
   * @param keyPassword opens the key or the PKCS#12 file; null if there is none
   * @throws IllegalArgumentException with a sentence that names the option, the file and what is
   *     wrong with it
   */
  public static TlsOptions of(
      Path cacert, Path cert, Path key, char[] keyPassword, boolean insecure) {
    if (insecure && cacert != null) {
      throw new IllegalArgumentException(
          "must not come with --insecure, which checks no certificate: cacert=" + cacert);
    }
    if (key != null && cert == null) {
      throw new IllegalArgumentException("must come with --cert: key=" + key);
    }
    if (keyPassword != null && cert == null) {
      throw new IllegalArgumentException("must come with --cert: key-password");
    }
    char[] password = keyPassword == null ? NO_PASSWORD : keyPassword;
    try {
      KeyStore trusted = cacert == null ? null : KeyFiles.trusted(cacert);
      KeyManager[] identity =
          cert == null ? null : keyManagers(KeyFiles.identity(cert, key, password), password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity, new TrustManager[] {trustManager(trusted, insecure)}, null);
      return new TlsOptions(cacert, cert, key, insecure, context);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this Java cannot speak TLS so: " + e.getMessage(), e);
    }
  }

  /** What a TLS engine is made from. */
  SSLContext contextOrSystem() {
    return context != null ? context : of(null, null, null, null, false).context;
  }

  static KeyManager[] keyManagers(KeyStore store, char[] password) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private static TrustManager trustManager(KeyStore trusted, boolean insecure)
      throws GeneralSecurityException {
    if (insecure) {
      return new TrustAnyone();
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    // Null: what the JVM trusts, its javax.net.ssl.trustStore property included.
    factory.init(trusted);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return new ExplainingTrustManager(x509);
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  /** What differs from the defaults, by option: for reports. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    if (insecure) {
      described.put("insecure", true);
    }
    if (cacert != null) {
      described.put("cacert", cacert.toString());
    }
    if (cert != null) {
      described.put("cert", cert.toString());
    }
    return described;
  }
}
