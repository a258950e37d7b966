package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Certificates and keys from files: PEM of every kind that OpenSSL writes, and PKCS#12. */
final class KeyFiles {
  private static final byte DER_SEQUENCE = 0x30;

  private KeyFiles() {}

  /** The certificates of a PEM file, to be trusted. */
  static KeyStore trusted(Path file) throws GeneralSecurityException {
    List<X509Certificate> certificates = certificates("cacert", file);
    KeyStore store = empty();
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("ca-" + i, certificates.get(i));
    }
    return store;
  }

  /** A client's key and certificates. */
  static KeyStore identity(Path cert, Path key, char[] password) throws GeneralSecurityException {
    byte[] bytes = read("cert", cert);
    if (bytes.length > 0 && bytes[0] == DER_SEQUENCE) {
      if (key != null) {
        throw new IllegalArgumentException(
            "must not come with a PKCS#12 file, which holds its key: key=" + key);
      }
      return pkcs12(cert, bytes, password);
    }
    List<X509Certificate> certificates = certificates("cert", cert);
    String option = key == null ? "cert" : "key";
    PrivateKey privateKey = privateKey(option, key == null ? cert : key, password);
    checkPair(privateKey, certificates.get(0), option, key == null ? cert : key);
    KeyStore store = empty();
    store.setKeyEntry("client", privateKey, password, certificates.toArray(new Certificate[0]));
    return store;
  }

  private static KeyStore pkcs12(Path file, byte[] bytes, char[] password)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(new ByteArrayInputStream(bytes), password);
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          return store;
        }
      }
    } catch (IOException | CertificateException e) {
      throw bad(
          "cert",
          file,
          "PEM, or a PKCS#12 file that its password opens (--key-password)"
              + (password.length == 0 ? "" : "; the password may be wrong"));
    }
    throw bad("cert", file, "a PKCS#12 file with a private key");
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }

  private static List<X509Certificate> certificates(String option, Path file) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Object object : pem(option, file)) {
        if (object instanceof X509CertificateHolder holder) {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (CertificateException e) {
      throw bad(option, file, "a certificate that can be read (" + e.getMessage() + ")");
    }
    if (certificates.isEmpty()) {
      throw bad(option, file, "a PEM file with -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  private static PrivateKey privateKey(String option, Path file, char[] password) {
    try {
      for (Object object : pem(option, file)) {
        if (object instanceof PEMKeyPair pair) {
          return jdkKey(pair.getPrivateKeyInfo());
        } else if (object instanceof PrivateKeyInfo info) {
          return jdkKey(info);
        } else if (object instanceof PEMEncryptedKeyPair pair) {
          return jdkKey(
              pair.decryptKeyPair(
                      new JcePEMDecryptorProviderBuilder()
                          .setProvider(new BouncyCastleProvider())
                          .build(password))
                  .getPrivateKeyInfo());
        } else if (object instanceof PKCS8EncryptedPrivateKeyInfo info) {
          return jdkKey(
              info.decryptPrivateKeyInfo(
                  new JceOpenSSLPKCS8DecryptorProviderBuilder()
                      .setProvider(new BouncyCastleProvider())
                      .build(password)));
        }
      }
    } catch (GeneralSecurityException e) {
      throw bad(option, file, "an RSA, EC or Ed25519 key that is whole (" + e.getMessage() + ")");
    } catch (IOException | PKCSException | OperatorCreationException e) {
      throw bad(
          option,
          file,
          password.length == 0
              ? "a private key that needs no password, or come with --key-password"
              : "a private key that the password of --key-password opens");
    }
    throw bad(option, file, "a PEM file with a private key (-----BEGIN PRIVATE KEY-----)");
  }

  private static PrivateKey jdkKey(PrivateKeyInfo info)
      throws IOException, GeneralSecurityException {
    // The JDK's name for EC is known to it by no number.
    ASN1ObjectIdentifier id = info.getPrivateKeyAlgorithm().getAlgorithm();
    String algorithm = id.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : id.getId();
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
  }

  /** A key of another certificate would only be found out by the server, which does not say so. */
  private static void checkPair(
      PrivateKey key, X509Certificate certificate, String option, Path file)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] text = "wsproof".getBytes(ISO_8859_1);
    boolean fits;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      fits = signature.verify(signed);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      fits = false;
    }
    if (!fits) {
      throw bad(option, file, "the private key of the first certificate in --cert");
    }
  }

  private static List<Object> pem(String option, Path file) {
    List<Object> objects = new ArrayList<>();
    String text = new String(read(option, file), ISO_8859_1);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object o = parser.readObject(); o != null; o = parser.readObject()) {
        objects.add(o);
      }
    } catch (IOException | RuntimeException e) {
      // What the parser throws at a damaged block is not of one kind.
      throw bad(option, file, "a PEM file that is whole");
    }
    return objects;
  }

  private static byte[] read(String option, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw bad(option, file, "a file that exists");
    } catch (IOException e) {
      throw bad(option, file, "a file that can be read");
    }
  }

  private static IllegalArgumentException bad(String option, Path file, String allowed) {
    return new IllegalArgumentException("must be " + allowed + ": --" + option + "=" + file);
  }
}
