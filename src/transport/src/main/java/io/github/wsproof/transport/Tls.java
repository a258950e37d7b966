package io.github.wsproof.transport;

import jakarta.websocket.ClientEndpointConfig;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;

/**
 * How to speak TLS with a server.
 *
 * @param engine in client mode, with SNI
 * @param hostCheck what the engine does not check itself
 */
record Tls(SSLEngine engine, TlsStream.HostCheck hostCheck) {

  private static final String HTTPS = "HTTPS";
  private static final TlsStream.HostCheck DONE_BY_ENGINE = engine -> {};

  /**
   * As {@link ClientProperties#SSL_ENGINE_CONFIGURATOR} says, else with the endpoint's SSLContext,
   * else with the JVM's default. The host name is verified unless the configurator says otherwise.
   */
  static Tls with(HostPort server, ClientEndpointConfig config, Map<String, Object> properties)
      throws NoSuchAlgorithmException {
    SslEngineConfigurator configurator =
        ConnectionSettings.property(
            properties,
            ClientProperties.SSL_ENGINE_CONFIGURATOR,
            SslEngineConfigurator.class,
            null);
    String host = withoutBrackets(server.host());
    if (configurator != null) {
      return with(configurator, host);
    }
    SSLContext context = config.getSSLContext();
    SSLEngine engine =
        (context == null ? SSLContext.getDefault() : context).createSSLEngine(host, server.port());
    engine.setUseClientMode(true);
    return new Tls(prepared(engine, host, true), DONE_BY_ENGINE);
  }

  private static Tls with(SslEngineConfigurator configurator, String host) {
    SSLEngine engine = configurator.createSSLEngine(host);
    HostnameVerifier verifier = configurator.getHostnameVerifier();
    boolean verify = configurator.isHostVerificationEnabled();
    TlsStream.HostCheck check =
        verify && verifier != null ? checkWith(verifier, host) : DONE_BY_ENGINE;
    return new Tls(prepared(engine, host, verify && verifier == null), check);
  }

  private static TlsStream.HostCheck checkWith(HostnameVerifier verifier, String host) {
    return engine -> verify(verifier, host, engine);
  }

  private static void verify(HostnameVerifier verifier, String host, SSLEngine engine)
      throws SSLException {
    if (!verifier.verify(host, engine.getSession())) {
      throw new SSLPeerUnverifiedException("the certificate is not for host " + host);
    }
  }

  private static SSLEngine prepared(SSLEngine engine, String host, boolean verifyHost) {
    SSLParameters parameters = engine.getSSLParameters();
    if (verifyHost) {
      parameters.setEndpointIdentificationAlgorithm(HTTPS);
    }
    if (!isAddress(host)) {
      // The JDK by itself sends no name without a dot, localhost for one.
      parameters.setServerNames(List.of(new SNIHostName(withoutFinalDot(host))));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }

  private static String withoutFinalDot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
