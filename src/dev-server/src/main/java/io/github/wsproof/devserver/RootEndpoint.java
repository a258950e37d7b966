package io.github.wsproof.devserver;

import io.github.wsproof.server.EchoConfigurator;
import io.github.wsproof.server.EchoEndpoint;
import jakarta.websocket.server.ServerEndpoint;

/** The echo endpoint at the page's own address. */
@ServerEndpoint(value = "/", configurator = EchoConfigurator.class)
public final class RootEndpoint extends EchoEndpoint {}
