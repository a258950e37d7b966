package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.TlsOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say how connections are made. */
final class ConnectSettings {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "LINE",
      description = "Send this header, 'Name: value'; @FILE reads such lines from a file.")
  private List<String> headers = List.of();

  @Option(
      names = "--cookie",
      paramLabel = "COOKIE",
      description = "Send this cookie: name=value, or where that stands: file:PATH, env:NAME.")
  private List<String> cookies = List.of();

  @Option(
      names = "--user",
      paramLabel = "SOURCE",
      description = "Log in with user:password (Basic), read from file:PATH or env:NAME.")
  private String user;

  @Option(
      names = "--bearer",
      paramLabel = "SOURCE",
      description = "Log in with a token (Bearer), read from file:PATH or env:NAME.")
  private String bearer;

  @Option(names = "--origin", paramLabel = "ORIGIN", description = "Send this Origin.")
  private String origin;

  @Option(
      names = "--subprotocol",
      paramLabel = "NAME",
      split = ",",
      description = "Offer this subprotocol; several are offered in their order.")
  private List<String> subprotocols = List.of();

  @Option(
      names = "--proxy",
      paramLabel = "URL",
      description = "Go through an HTTP proxy (CONNECT): http://host:port.")
  private String proxy;

  @Option(
      names = "--proxy-user",
      paramLabel = "SOURCE",
      description = "Log in at the proxy with user:password, read from file:PATH or env:NAME.")
  private String proxyUser;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Trust these certificates (PEM) instead of the system's.")
  private Path cacert;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The client's certificate and chain (PEM), or a PKCS#12 file.")
  private Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The client's private key (PEM), where it is not in --cert.")
  private Path key;

  @Option(
      names = "--key-password",
      paramLabel = "SOURCE",
      description = "What opens the key or PKCS#12 file, read from file:PATH or env:NAME.")
  private String keyPassword;

  @Option(
      names = {"-k", "--insecure"},
      description = "Do not check the server's certificate; the report says so.")
  private boolean insecure;

  /**
   * What they say; reads the files.
   *
   * @throws IllegalArgumentException with a sentence that names the option
   */
  ConnectionOptions options() {
    ConnectionOptions.Builder options = ConnectionOptions.builder();
    headers.forEach(header -> addHeader(header, options));
    cookies.forEach(
        cookie ->
            options.cookie(Secret.isSource(cookie) ? Secret.read("--cookie", cookie) : cookie));
    if (user != null) {
      options.basic(Secret.read("--user", user));
    }
    if (bearer != null) {
      options.bearer(Secret.read("--bearer", bearer));
    }
    if (origin != null) {
      options.header("Origin", origin);
    }
    subprotocols.forEach(options::subprotocol);
    if (proxy != null) {
      options.proxy(proxy);
    }
    if (proxyUser != null) {
      options.proxyUser(Secret.read("--proxy-user", proxyUser));
    }
    char[] password =
        keyPassword == null ? null : Secret.read("--key-password", keyPassword).toCharArray();
    return options
        .tls(
            cacert == null && cert == null && key == null && password == null && !insecure
                ? TlsOptions.SYSTEM
                : TlsOptions.of(cacert, cert, key, password, insecure))
        .build();
  }

  /** Says what they leave unchecked. */
  void warn(PrintStream err) {
    if (insecure) {
      err.println(
          spec.name()
              + ": WARNING: --insecure: the server's certificate is not checked; anyone may answer"
              + " in its place");
    }
  }

  private static void addHeader(String header, ConnectionOptions.Builder options) {
    if (!header.startsWith("@")) {
      options.header(header);
      return;
    }
    try {
      Files.readString(Path.of(header.substring(1)), UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(options::header);
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new IllegalArgumentException(
          "must name a file of header lines that can be read: --header=" + header, e);
    }
  }
}
