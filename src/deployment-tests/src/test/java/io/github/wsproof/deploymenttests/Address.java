package io.github.wsproof.deploymenttests;

import java.net.URI;
import java.net.URL;

/** Where a deployment is, on the loopback interface. */
record Address(URI page) {
  /** Adapters name the host in their own ways; the containers listen on 127.0.0.1 alone. */
  static Address of(URL deployment) {
    return of(deployment.getPort(), deployment.getPath());
  }

  static Address of(int port, String context) {
    String path = context.endsWith("/") ? context : context + "/";
    return new Address(URI.create("http://127.0.0.1:" + port + path));
  }

  /** Of the echo endpoint. */
  URI echo() {
    return socket("echo");
  }

  /** Of another endpoint. */
  URI socket(String path) {
    return URI.create("ws" + page.toString().substring("http".length()) + path);
  }

  /** Of the echo endpoint, with query parameters. */
  URI echo(String query) {
    return URI.create(echo() + "?" + query);
  }
}
