package io.github.wsproof.deploymenttests;

import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.arquillian.test.spi.enricher.resource.ResourceProvider;

/** Tells Arquillian of {@link PublishedContainer}. */
public final class PublishedContainerExtension implements LoadableExtension {
  @Override
  public void register(ExtensionBuilder builder) {
    builder.service(DeployableContainer.class, PublishedContainer.class);
    builder.service(ResourceProvider.class, ServerProvider.class);
  }
}
