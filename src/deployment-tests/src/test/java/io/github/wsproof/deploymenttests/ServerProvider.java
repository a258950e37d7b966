package io.github.wsproof.deploymenttests;

import java.lang.annotation.Annotation;
import org.jboss.arquillian.core.api.Instance;
import org.jboss.arquillian.core.api.annotation.Inject;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.arquillian.test.spi.enricher.resource.ResourceProvider;

/** Gives a test the server that its application runs on. */
public final class ServerProvider implements ResourceProvider {
  @Inject private Instance<Server> server;

  @Override
  public boolean canProvide(Class<?> type) {
    return type == Server.class;
  }

  @Override
  public Object lookup(ArquillianResource resource, Annotation... qualifiers) {
    return server.get();
  }
}
