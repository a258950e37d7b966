package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.ServerIdentity;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that make a server speak TLS. */
final class ServeTls {
  private static final String IN_MEMORY = "";

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description =
          "Speak TLS (https, wss) with this certificate and chain (PEM), or a PKCS#12 file.")
  private Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key (PEM), where it is not in --cert.")
  private Path key;

  @Option(
      names = "--key-password",
      paramLabel = "SOURCE",
      description = "What opens the key or PKCS#12 file, read from file:PATH or env:NAME.")
  private String keyPassword;

  @Option(
      names = "--self-signed",
      arity = "0..1",
      fallbackValue = IN_MEMORY,
      paramLabel = "FILE",
      description =
          "Speak TLS with a new certificate for localhost and --host, which is written to FILE (PEM),"
              + " for --cacert, if that is given.")
  private String selfSigned;

  /** Whether TLS is wanted. */
  boolean isWanted() {
    return cert != null || key != null || keyPassword != null || selfSigned != null;
  }

  /**
   * The server's key and certificate; null where it is to speak no TLS.
   *
   * @param host where it listens
   * @throws IllegalArgumentException with a sentence that names the option
   */
  ServerIdentity identity(String host) {
    if (cert == null && (key != null || keyPassword != null)) {
      throw new IllegalArgumentException(
          "must come with --cert: " + (key != null ? "--key=" + key : "--key-password"));
    }
    if (cert == null) {
      return selfSigned == null ? null : ServerIdentity.selfSigned(host);
    }
    if (selfSigned != null) {
      throw new IllegalArgumentException("must not come with --self-signed: --cert=" + cert);
    }
    return ServerIdentity.of(
        cert,
        key,
        keyPassword == null ? null : Secret.read("--key-password", keyPassword).toCharArray());
  }

  /** Writes the certificate, if that is wanted. */
  void write(ServerIdentity identity) throws UnavailableException {
    if (selfSigned == null || selfSigned.equals(IN_MEMORY)) {
      return;
    }
    try {
      Files.writeString(Path.of(selfSigned), identity.pem(), UTF_8);
    } catch (IOException | RuntimeException e) {
      throw new UnavailableException(
          "the certificate cannot be written (" + e + "): --self-signed=" + selfSigned, e);
    }
  }

  /** Says how to verify a server that nobody trusts yet. */
  void explain(ServerIdentity identity, String url, PrintStream out) {
    if (selfSigned == null) {
      return;
    }
    out.printf(
        "The certificate is self-signed, SHA-256 %s; verify with: wsproof verify %s %s%n",
        identity.fingerprint(),
        selfSigned.equals(IN_MEMORY) ? "--insecure" : "--cacert " + selfSigned,
        url);
  }
}
