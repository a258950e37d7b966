package io.github.wsproof.pagetests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.tomcat.util.scan.StandardJarScanner;

/** The WAR on Tomcat, under a context path. */
record WarHost(Tomcat tomcat) implements Host {
  private static final String CONTEXT = "/some/where";
  private static final File WAR = new File("../../webapp/target/wsproof.war");
  private static final Path VECTORS =
      Path.of("target", "test-classes", "io", "github", "wsproof", "page", "test");

  static WarHost start(int port) throws Exception {
    Path base = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "tomcat");
    Files.createDirectories(base.resolve("webapps"));
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addWebapp(CONTEXT, WAR.getAbsolutePath());
    // The endpoints are the WAR's own, not those that these tests have on their class path.
    ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
    StandardRoot root = new StandardRoot(context);
    root.addPostResources(
        new DirResourceSet(root, "/test", VECTORS.toAbsolutePath().toString(), "/"));
    context.setResources(root);
    tomcat.start();
    return new WarHost(tomcat);
  }

  @Override
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public String context() {
    return CONTEXT + "/";
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }
}
