package io.github.wsproof.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.logging.Logger;

/** Reads the settings of a WAR; a wrong one stops its deployment with a sentence. */
@WebListener
public final class DeploymentListener implements ServletContextListener {
  private static final Logger LOGGER = Logger.getLogger(DeploymentListener.class.getName());

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      Deployment.startOfApplication(event.getServletContext()::getInitParameter);
    } catch (IllegalArgumentException e) {
      // Tomcat's console says only that a listener failed, and where to read on.
      LOGGER.severe(e.getMessage());
      throw e;
    }
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    Deployment.ofApplication().close();
  }
}
