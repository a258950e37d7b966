package io.github.wsproof.client;

import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.container.grizzly.client.GrizzlyClientContainer;

/** Tyrus's stock client container. */
final class GrizzlyClients {
  private static final int FRAME_OVERHEAD_BYTES = 1 << 20;
  private static final int SMALLEST_BUFFER_BYTES = 4 << 20;

  private GrizzlyClients() {}

  static ClientManager create(RunPlan plan) {
    ClientManager client = ClientManager.createClient(GrizzlyClientContainer.class.getName());
    client.getProperties().put(ClientProperties.SHARED_CONTAINER, true);
    // -1: with 0, Tyrus cancels and schedules a timer for every message.
    client.setDefaultMaxSessionIdleTimeout(-1);
    client
        .getProperties()
        .put(
            ClientProperties.INCOMING_BUFFER_SIZE,
            Math.max(SMALLEST_BUFFER_BYTES, 2 * plan.longestMessageBytes() + FRAME_OVERHEAD_BYTES));
    return client;
  }
}
