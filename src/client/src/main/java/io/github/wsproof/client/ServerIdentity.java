package io.github.wsproof.client;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Who a server is over TLS: its key and certificates. Immutable.
 *
 * @param context what TLS engines are made from
 * @param certificate the server's own
 */
public record ServerIdentity(SSLContext context, X509Certificate certificate) {
  private static final char[] NO_PASSWORD = new char[0];
  private static final Duration VALID = Duration.ofDays(90);

  /** Clocks differ: a certificate of this very moment is refused by some. */
  private static final Duration BEFORE = Duration.ofDays(1);

  /**
   * From files, as {@link TlsOptions#of} reads a client's.
   *
   * @param cert the certificate, its chain behind it (PEM), or a PKCS#12 file with the key
   * @param key the private key (PEM), or null: it is in {@code cert}
   * @param keyPassword opens the key or the PKCS#12 file; null if there is none
   * @throws IllegalArgumentException with a sentence that names the option, the file and what is
   *     wrong with it
   */
  public static ServerIdentity of(Path cert, Path key, char[] keyPassword) {
    char[] password = keyPassword == null ? NO_PASSWORD : keyPassword;
    try {
      return of(KeyFiles.identity(cert, key, password), password);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this Java cannot speak TLS so: " + e.getMessage(), e);
    }
  }

  /**
   * A new one, for 90 days, in memory alone.
   *
   * @param host a name or address that the server is reached by, beside {@code localhost},
   *     127.0.0.1 and ::1
   */
  public static ServerIdentity selfSigned(String host) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      X509Certificate certificate = selfSigned(host, keys);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", keys.getPrivate(), NO_PASSWORD, new Certificate[] {certificate});
      return of(store, NO_PASSWORD);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("this Java cannot make a certificate: " + e, e);
    }
  }

  private static X509Certificate selfSigned(String host, KeyPair keys)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    X500Principal name = new X500Principal("CN=localhost, O=wsproof");
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(64, new SecureRandom()).setBit(0),
            Date.from(now.minus(BEFORE)),
            Date.from(now.plus(VALID)),
            name,
            keys.getPublic());
    builder.addExtension(Extension.subjectAlternativeName, false, names(host));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static GeneralNames names(String host) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    names.add(host);
    return new GeneralNames(
        names.stream()
            .map(
                name ->
                    new GeneralName(
                        name.indexOf(':') >= 0 || name.matches("[0-9.]+")
                            ? GeneralName.iPAddress
                            : GeneralName.dNSName,
                        name))
            .toArray(GeneralName[]::new));
  }

  private static ServerIdentity of(KeyStore store, char[] password)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(TlsOptions.keyManagers(store, password), null, null);
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return new ServerIdentity(context, (X509Certificate) store.getCertificate(alias));
      }
    }
    throw new GeneralSecurityException("no key");
  }

  /** The SHA-256 of the certificate, {@code AB:CD:…}, as browsers and OpenSSL show it. */
  public String fingerprint() {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The certificate as PEM, for those who are to trust it. */
  public String pem() {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }
}
