/**
 * A relay between a WebSocket client and a server that knows frames and lies on a seeded plan: to
 * prove detectors, and to try any client against a path that loses messages.
 */
package io.github.wsproof.relay;
