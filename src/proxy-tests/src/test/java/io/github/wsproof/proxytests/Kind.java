package io.github.wsproof.proxytests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The proxies: what has to be replaced in the file of each for it to run beside others, and how it
 * is started and reloaded, as its service does that on Debian.
 */
enum Kind {
  NGINX("nginx.conf", "/usr/sbin/nginx", OnReload.KEEPS, "proxy_set_header Upgrade") {
    @Override
    Text placed(Text text, Place place) {
      return text.with("listen 80;", "listen 127.0.0.1:" + place.httpPort() + ";")
          .with("listen 443 ", "listen 127.0.0.1:" + place.httpsPort() + " ")
          .with("/run/nginx.pid", place.file("pid"))
          .with("/var/log/nginx", place.directory())
          .with("server 127.0.0.1:8080;", "server 127.0.0.1:" + place.serverPort() + ";");
    }

    @Override
    Text naive(Text text) {
      return text.withoutLines("proxy_http_version")
          .withoutLines("proxy_set_header Upgrade")
          .withoutLines("proxy_set_header Connection");
    }

    @Override
    Text idle(Text text) {
      return text.with("proxy_read_timeout 3660s", "proxy_read_timeout 3s");
    }

    @Override
    List<String> command(Place place) {
      return List.of(
          program(),
          "-e",
          "stderr",
          "-g",
          "daemon off;",
          "-c",
          place.file("nginx.conf").toString());
    }

    @Override
    String idleSetting() {
      return "proxy_read_timeout";
    }

    @Override
    Path log(Place place) {
      return place.file("access.log");
    }
  },

  HAPROXY("haproxy.cfg", "/usr/sbin/haproxy", OnReload.KEEPS, "Upgrade and Connection") {
    @Override
    Text placed(Text text, Place place) {
      return text.with("bind :80\n", "bind 127.0.0.1:" + place.httpPort() + "\n")
          .with("bind :443 ", "bind 127.0.0.1:" + place.httpsPort() + " ")
          .with("user haproxy", "user " + System.getProperty("user.name"))
          .withoutLines("group haproxy")
          .with("127.0.0.1:8080", "127.0.0.1:" + place.serverPort())
          .with("127.0.0.1:8081", "127.0.0.1:" + place.secondPort());
    }

    /** haproxy passes it on unless it is told not to. */
    @Override
    Text naive(Text text) {
      return text.with(
          "    option forwardfor\n",
          "    option forwardfor\n    http-request del-header Upgrade\n");
    }

    @Override
    Text idle(Text text) {
      return text.with("timeout tunnel 3660s", "timeout tunnel 3s");
    }

    @Override
    List<String> command(Place place) {
      return List.of(program(), "-W", "-db", "-f", place.file("haproxy.cfg").toString());
    }

    @Override
    List<List<String>> reload(Place place, long pid) {
      return List.of(signal("USR2", pid));
    }

    @Override
    String idleSetting() {
      return "timeout tunnel";
    }

    @Override
    Path log(Place place) {
      return place.file("output");
    }
  },

  APACHE("apache.conf", "/usr/sbin/apache2", OnReload.KEEPS, "upgrade=websocket") {
    @Override
    Text placed(Text text, Place place) {
      Text site =
          text.with("*:80>", "127.0.0.1:" + place.httpPort() + ">")
              .with("*:443>", "127.0.0.1:" + place.httpsPort() + ">")
              .with("/var/log/apache2", place.directory())
              .with("127.0.0.1:8080", "127.0.0.1:" + place.serverPort());
      return new Text(around(place) + site.text());
    }

    /** What Debian's apache2.conf, ports.conf and a2enmod say in other files. */
    private String around(Place place) {
      StringBuilder main =
          new StringBuilder("ServerName localhost\nUser www-data\nGroup www-data\n");
      main.append("PidFile " + place.file("pid") + "\n");
      main.append("DefaultRuntimeDir " + place.directory() + "\n");
      for (String module :
          List.of(
              "mpm_event", "authz_core", "proxy", "proxy_http", "ssl", "headers", "reqtimeout")) {
        main.append(
            "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n".formatted(module, module));
      }
      main.append("Listen 127.0.0.1:" + place.httpPort() + "\n");
      return main.append("Listen 127.0.0.1:" + place.httpsPort() + "\n").toString();
    }

    @Override
    Text naive(Text text) {
      return text.with(" upgrade=websocket ", " ");
    }

    @Override
    Text idle(Text text) {
      return new Text("Timeout 3\n" + text.with(" timeout=3660 ", " timeout=3 ").text());
    }

    @Override
    List<String> command(Place place) {
      return List.of(program(), "-DFOREGROUND", "-f", place.file("apache.conf").toString());
    }

    @Override
    List<List<String>> reload(Place place, long pid) {
      return List.of(signal("USR1", pid));
    }

    @Override
    String idleSetting() {
      return "ProxyPass";
    }

    @Override
    Path log(Place place) {
      return place.file("websockets.log");
    }
  },

  CADDY("Caddyfile", "/usr/bin/caddy", OnReload.CUTS, "header_up") {
    @Override
    Text placed(Text text, Place place) {
      String loopback = " {\n\tbind 127.0.0.1\n";
      return text.with("\n:80 {\n", "\n:" + place.httpPort() + loopback)
          .with("\n:443 {\n", "\n:" + place.httpsPort() + loopback)
          .with("localhost:2019", "127.0.0.1:" + place.adminPort())
          .with("/var/log/caddy", place.directory())
          .with("127.0.0.1:8080", "127.0.0.1:" + place.serverPort());
    }

    /** Caddy passes it on unless it is told not to. */
    @Override
    Text naive(Text text) {
      return text.with("\t\tlb_policy", "\t\theader_up -Upgrade\n\t\tlb_policy");
    }

    @Override
    List<String> command(Place place) {
      return caddy(place, "run");
    }

    @Override
    List<List<String>> reload(Place place, long pid) {
      List<String> reload = caddy(place, "reload");
      reload.addAll(List.of("--force", "--address", "127.0.0.1:" + place.adminPort()));
      return List.of(reload);
    }

    private List<String> caddy(Place place, String command) {
      return new ArrayList<>(
          List.of(
              // It keeps its state in the home of its user.
              "/usr/bin/env",
              "HOME=" + place.directory(),
              "XDG_DATA_HOME=" + place.directory(),
              "XDG_CONFIG_HOME=" + place.directory(),
              program(),
              command,
              "--adapter",
              "caddyfile",
              "--config",
              place.file("Caddyfile").toString()));
    }

    @Override
    Path log(Place place) {
      return place.file("websockets.log");
    }
  },

  VARNISH("varnish.vcl", "/usr/sbin/varnishd", OnReload.KEEPS, "return (pipe)") {
    @Override
    Text placed(Text text, Place place) {
      return text.with("\"8080\"", "\"" + place.serverPort() + "\"");
    }

    @Override
    Text naive(Text text) {
      return text.with("return (pipe);", "return (pass);");
    }

    @Override
    List<String> command(Place place) {
      return varnish(place, "3660");
    }

    @Override
    List<String> idleCommand(Place place) {
      return varnish(place, "3");
    }

    private List<String> varnish(Place place, String pipeTimeout) {
      return List.of(
          program(),
          // Its own user could not read what is another's.
          "-j",
          "none",
          "-F",
          "-n",
          place.directory().toString(),
          "-a",
          "127.0.0.1:" + place.httpPort(),
          "-f",
          place.file("varnish.vcl").toString(),
          "-p",
          "pipe_timeout=" + pipeTimeout);
    }

    @Override
    List<List<String>> reload(Place place, long pid) {
      return List.of(
          admin(place, "vcl.load", "again", place.file("varnish.vcl").toString()),
          admin(place, "vcl.use", "again"));
    }

    private List<String> admin(Place place, String... order) {
      List<String> command = new ArrayList<>(List.of("/usr/bin/varnishadm", "-n"));
      command.add(place.directory().toString());
      command.addAll(List.of(order));
      return command;
    }

    @Override
    String idleSetting() {
      return "pipe_timeout";
    }
  },

  LIGHTTPD("lighttpd.conf", "/usr/sbin/lighttpd", OnReload.CUTS, "proxy.header") {
    @Override
    Text placed(Text text, Place place) {
      return text.with(
              "server.port = 80\n",
              "server.port = " + place.httpPort() + "\nserver.bind = \"127.0.0.1\"\n")
          .with("\":443\"", "\"127.0.0.1:" + place.httpsPort() + "\"")
          .with("/run/lighttpd.pid", place.file("pid"))
          .with("/var/log/lighttpd", place.directory())
          .with("/var/www/html", place.directory())
          .with("\"port\" => 8080", "\"port\" => " + place.serverPort());
    }

    @Override
    Text naive(Text text) {
      return text.withoutLines("proxy.header");
    }

    @Override
    Text idle(Text text) {
      return text.with("server.max-read-idle = 3660", "server.max-read-idle = 3");
    }

    @Override
    List<String> command(Place place) {
      return List.of(program(), "-D", "-f", place.file("lighttpd.conf").toString());
    }

    @Override
    List<List<String>> reload(Place place, long pid) {
      return List.of(signal("USR1", pid));
    }

    @Override
    String idleSetting() {
      return "server.max-read-idle";
    }

    @Override
    Path log(Place place) {
      return place.file("websockets.log");
    }
  };

  /** What becomes of the connections that are open. */
  enum OnReload {
    KEEPS,
    CUTS
  }

  private final String fileName;
  private final String program;
  final OnReload onReload;

  /** What the client must name where the proxy does not pass the upgrade on. */
  final String upgradeSetting;

  Kind(String fileName, String program, OnReload onReload, String upgradeSetting) {
    this.fileName = fileName;
    this.program = program;
    this.onReload = onReload;
    this.upgradeSetting = upgradeSetting;
  }

  /** The file with other ports and paths. */
  abstract Text placed(Text text, Place place);

  /** As someone writes it who has not heard of WebSockets, or has forbidden them. */
  abstract Text naive(Text text);

  /** With an odd limit of 3 s, if the file sets it. */
  Text idle(Text text) {
    return text;
  }

  abstract List<String> command(Place place);

  /** The command with an odd limit of 3 s, if the command sets it. */
  List<String> idleCommand(Place place) {
    return command(place);
  }

  /** The commands that reload it. */
  List<List<String>> reload(Place place, long pid) {
    return List.of(signal("HUP", pid));
  }

  /** What the client must name where it cuts idle connections; null: it never does. */
  String idleSetting() {
    return null;
  }

  /** Where it writes a line for each connection; null: it has another program for that. */
  Path log(Place place) {
    return null;
  }

  String program() {
    return program;
  }

  /** The file as people get it. */
  Text recommended() throws IOException {
    return new Text(Files.readString(Path.of(System.getProperty("proxies"), fileName)));
  }

  /** Writes the file that {@link #command} starts with. */
  void write(Text text, Place place) throws IOException {
    Text placed = placed(text, place);
    String pem = "/etc/ssl/private/wsproof.pem";
    Text secured = this == VARNISH ? placed : placed.with(pem, place.pem());
    Files.writeString(place.file(fileName), secured.text());
  }

  private static List<String> signal(String name, long pid) {
    return List.of("/bin/kill", "-" + name, String.valueOf(pid));
  }
}
