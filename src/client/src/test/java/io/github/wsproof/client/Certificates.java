package io.github.wsproof.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA of this test, and what it issues. */
final class Certificates {
  /** A certificate with its key. */
  record Issued(X509Certificate certificate, KeyPair keys) {}

  private static final char[] PASSWORD = "secret".toCharArray();

  final Issued authority = issue("CN=Test CA", null, Duration.ofDays(1), true);

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  Certificates() throws Exception {}

  /** Issued by this CA, for a DNS name, and good or over by so much. */
  Issued issue(String dnsName, Duration until) throws Exception {
    return issue("CN=" + dnsName, dnsName, until, false);
  }

  private Issued issue(String subject, String dnsName, Duration until, boolean ca)
      throws Exception {
    KeyPair keys = keys();
    boolean root = authority == null;
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal(root ? subject : "CN=Test CA"),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minus(Duration.ofDays(10))),
            Date.from(now.plus(until)),
            new X500Principal(subject),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
    if (dnsName != null) {
      GeneralName name = new GeneralName(GeneralName.dNSName, dnsName);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
    }
    var signer =
        new JcaContentSignerBuilder("SHA256withECDSA")
            .build((root ? keys : authority.keys).getPrivate());
    return new Issued(
        new JcaX509CertificateConverter().getCertificate(builder.build(signer)), keys);
  }

  /** What a server with this certificate needs; it trusts clients of this CA. */
  SSLContext context(Issued server) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(server), PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", authority.certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore store(Issued issued) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate[] chain = {issued.certificate};
    store.setKeyEntry("one", issued.keys.getPrivate(), PASSWORD, chain);
    return store;
  }

  /** A PEM file of certificates and key pairs. */
  static Path pem(Path file, Object... objects) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        writer.writeObject(object);
      }
    }
    return Files.writeString(file, text.toString());
  }

  /** The key as PKCS#8. */
  static Object key(Issued issued) throws Exception {
    return new JcaPKCS8Generator(issued.keys.getPrivate(), null);
  }

  /** The key as PKCS#8, encrypted with "secret". */
  static Object encrypted(Issued issued) throws Exception {
    return new JcaPKCS8Generator(
        issued.keys.getPrivate(),
        new JceOpenSSLPKCS8EncryptorBuilder(
                org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_aes256_CBC)
            .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
            .setPassword(PASSWORD)
            .build());
  }

  /** A PKCS#12 file with the password "secret". */
  static Path pkcs12(Path file, Issued issued) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      store(issued).store(out, PASSWORD);
    }
    return file;
  }
}
