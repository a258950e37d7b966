package io.github.wsproof.deploymenttests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.arquillian.core.api.InstanceProducer;
import org.jboss.arquillian.core.api.annotation.ApplicationScoped;
import org.jboss.arquillian.core.api.annotation.Inject;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/**
 * A container as it was published: the WAR is put where its users put it, and its own script starts
 * it.
 *
 * <p>One adapter for all of them. The published ones cannot stand on one class path, each deploys
 * in a way that nobody else does, and none lets a test send SIGTERM and start again. Each
 * deployment is a process of its own, in a directory that is made anew.
 */
public final class PublishedContainer implements DeployableContainer<ContainerSettings> {
  private static final Path HOME = Path.of(System.getProperty("container.home"));
  private static final Path BASE = Path.of(System.getProperty("container.base"));
  private static final Path CONFIGURATIONS = Path.of("src/test/containers");
  private static final String EXTENSION = ".war";

  @Inject @ApplicationScoped private InstanceProducer<Server> server;

  private ContainerSettings settings;

  @Override
  public Class<ContainerSettings> getConfigurationClass() {
    return ContainerSettings.class;
  }

  @Override
  public void setup(ContainerSettings value) {
    settings = value;
  }

  @Override
  public ProtocolDescription getDefaultProtocol() {
    return new ProtocolDescription("Local");
  }

  @Override
  public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
    String context = context(archive);
    Server started = new Server(settings, BASE, context);
    try {
      prepare(archive);
      started.start();
    } catch (IOException e) {
      started.close();
      throw new DeploymentException(e.getMessage(), e);
    }
    server.set(started);
    HTTPContext http = new HTTPContext("127.0.0.1", settings.port());
    http.add(new Servlet("default", context));
    return new ProtocolMetaData().addContext(http);
  }

  private String context(Archive<?> archive) {
    return settings.context().isEmpty()
        ? '/' + archive.getName().replace(EXTENSION, "")
        : settings.context();
  }

  private void prepare(Archive<?> archive) throws IOException {
    if (!Files.exists(HOME)) {
      throw new IOException("the container must be at " + HOME + ": has the build unpacked it?");
    }
    delete(BASE);
    Files.createDirectories(BASE);
    for (String folder : settings.published()) {
      copy(HOME.resolve(folder), BASE.resolve(folder));
    }
    if (!settings.configuration().isEmpty()) {
      copy(CONFIGURATIONS.resolve(settings.configuration()), BASE);
    }
    if (!settings.deployments().isEmpty()) {
      Path deployments = Files.createDirectories(BASE.resolve(settings.deployments()));
      archive.as(ZipExporter.class).exportTo(deployments.resolve(archive.getName()).toFile(), true);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      for (Path path : paths(directory, Comparator.reverseOrder())) {
        Files.delete(path);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path path : paths(from, Comparator.naturalOrder())) {
      Path copy = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(copy);
      } else {
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static List<Path> paths(Path directory, Comparator<Path> order) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.sorted(order).toList();
    }
  }

  @Override
  public void undeploy(Archive<?> archive) {
    server.get().close();
  }
}
