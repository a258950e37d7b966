package io.github.wsproof.client;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Proxies that say who they are, and their settings that decide about WebSockets: as in {@code
 * docker/proxies}, whose tests ask for these names.
 */
enum KnownProxy {
  NGINX(
      "\\b(nginx|openresty|tengine)\\b",
      "proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header"
          + " Connection \"upgrade\"",
      "proxy_read_timeout or proxy_send_timeout (60 s unless set)"),
  APACHE(
      "\\bapache(?!-coyote)\\b",
      "upgrade=websocket on its ProxyPass",
      "the longer of Timeout (60 s unless set) and timeout= on its ProxyPass"),
  VARNISH(
      "\\bvarnish\\b",
      "return (pipe) in vcl_recv, and both headers set on bereq in vcl_pipe",
      "its parameter pipe_timeout (60 s unless set)"),
  LIGHTTPD(
      "\\blighttpd\\b",
      "proxy.header = (\"upgrade\" => \"enable\")",
      "server.max-read-idle (60 s unless set)"),
  CADDY(
      "\\bcaddy\\b",
      "no header_up or request_header that removes them",
      "stream_timeout of its reverse_proxy (none unless set)"),
  ENVOY(
      "\\benvoy\\b",
      "upgrade_configs with upgrade_type: websocket",
      "stream_idle_timeout or the route's idle_timeout (5 minutes unless set)"),
  CLOUDFLARE("\\bcloudflare\\b", "WebSockets switched on for the zone", "its limit of 100 s");

  private final Pattern name;

  /** What it needs to pass the headers of an upgrade on. */
  final String upgradeSetting;

  /** What limits the silence of a connection. */
  final String idleSetting;

  KnownProxy(String name, String upgradeSetting, String idleSetting) {
    this.name = Pattern.compile(name, Pattern.CASE_INSENSITIVE);
    this.upgradeSetting = upgradeSetting;
    this.idleSetting = idleSetting;
  }

  /**
   * The proxy that an answer names.
   *
   * @param server its headers Server and Via, or null
   */
  static Optional<KnownProxy> in(String server) {
    return Arrays.stream(values())
        .filter(proxy -> server != null && proxy.name.matcher(server).find())
        .findFirst();
  }
}
