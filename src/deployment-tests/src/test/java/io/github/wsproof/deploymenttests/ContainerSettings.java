package io.github.wsproof.deploymenttests;

import java.util.List;
import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;

/** How a container is started, as {@code arquillian.xml} says; Arquillian calls the setters. */
public final class ContainerSettings implements ContainerConfiguration {
  private String command;
  private String published = "";
  private String configuration = "";
  private String deployments = "";
  private String context = "";
  private String failure = "";
  private int port = Integer.getInteger("port.http");

  @Override
  public void validate() throws ConfigurationException {
    if (command == null) {
      throw new ConfigurationException("arquillian.xml must say the command of each container");
    }
  }

  /**
   * What starts it and ends with it: a script for {@code sh}, in a directory of its own. Arquillian
   * makes one line of it.
   */
  public void setCommand(String value) {
    command = value;
  }

  String command() {
    return command;
  }

  /** Folders of the published container that are copied into that directory, with commas. */
  public void setPublished(String value) {
    published = value;
  }

  List<String> published() {
    return published.isEmpty() ? List.of() : List.of(published.split(","));
  }

  /** The folder of {@code src/test/containers} that is copied over them. */
  public void setConfiguration(String value) {
    configuration = value;
  }

  String configuration() {
    return configuration;
  }

  /** The folder that a WAR is put into; none where the container holds the application. */
  public void setDeployments(String value) {
    deployments = value;
  }

  String deployments() {
    return deployments;
  }

  /** The context path, where it is not the name of the WAR. */
  public void setContext(String value) {
    context = value;
  }

  String context() {
    return context;
  }

  /** What its log says when the application does not start; else that is told by a time-out. */
  public void setFailure(String value) {
    failure = value;
  }

  String failure() {
    return failure;
  }

  /** Where it listens, if it is not the port that the build has found free. */
  public void setPort(int value) {
    port = value;
  }

  int port() {
    return port;
  }
}
