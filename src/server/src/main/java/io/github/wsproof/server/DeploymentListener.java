package io.github.wsproof.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Reads the settings of a WAR; a wrong one stops its deployment with a sentence. */
@WebListener
public final class DeploymentListener implements ServletContextListener {
  @Override
  public void contextInitialized(ServletContextEvent event) {
    EchoSettings.install(EchoSettings.of(event.getServletContext()::getInitParameter));
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    Connections.goAway();
  }
}
