package io.github.wsproof.client;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides as the JDK does, and says of a refused certificate what is wrong with it and what to do:
 * the JDK's own words are "unable to find valid certification path to requested target".
 */
final class ExplainingTrustManager extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final int MOST_NAMES = 5;

  /** A refusal in a sentence. */
  static final class Refused extends CertificateException {
    private static final long serialVersionUID = 1;

    Refused(String sentence, CertificateException cause) {
      super(sentence, cause);
    }
  }

  private final X509ExtendedTrustManager jdk;

  ExplainingTrustManager(X509ExtendedTrustManager jdk) {
    this.jdk = jdk;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    try {
      jdk.checkServerTrusted(chain, type, engine);
    } catch (CertificateException e) {
      throw new Refused(why(chain, engine.getPeerHost(), e, new Date()), e);
    }
  }

  private static String why(
      X509Certificate[] chain, String host, CertificateException e, Date now) {
    for (X509Certificate certificate : chain) {
      if (now.after(certificate.getNotAfter())) {
        return "the certificate of "
            + name(certificate)
            + " expired on "
            + certificate.getNotAfter().toInstant()
            + "; renew it (or check this machine's clock)";
      }
      if (now.before(certificate.getNotBefore())) {
        return "the certificate of "
            + name(certificate)
            + " is not valid before "
            + certificate.getNotBefore().toInstant()
            + "; check this machine's clock";
      }
    }
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("No name matching") || message.startsWith("No subject alternative")) {
      return "the certificate is for "
          + names(chain[0])
          + ", not for "
          + host
          + "; connect by a name that it holds, or give the server one for "
          + host;
    }
    if (chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal())) {
      return "the certificate of "
          + name(chain[0])
          + " is self-signed and not trusted here; if it is the right one, give it with --cacert";
    }
    if (message.contains("unable to find valid certification path")) {
      return "the certificate was issued by \""
          + chain[chain.length - 1].getIssuerX500Principal().getName()
          + "\", which is not trusted here; give that CA's certificate with --cacert, or let the"
          + " server send the intermediate certificates";
    }
    return "the certificate of " + name(chain[0]) + " is not accepted: " + message;
  }

  private static String name(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
  }

  private static String names(X509Certificate certificate) {
    Collection<String> names = new TreeSet<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        int type = (Integer) alternative.get(0);
        if (type == DNS_NAME || type == IP_ADDRESS) {
          names.add(String.valueOf(alternative.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      return name(certificate) + " (its alternative names cannot be read)";
    }
    if (names.isEmpty()) {
      return name(certificate);
    }
    List<String> shown = new ArrayList<>(names).subList(0, Math.min(MOST_NAMES, names.size()));
    return String.join(", ", shown)
        + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    jdk.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    jdk.checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    jdk.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    jdk.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    jdk.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
