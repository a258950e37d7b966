/**
 * The echo endpoint, against the Jakarta WebSocket 2.1 API alone: the same classes run in a servlet
 * container and on the development server.
 */
package io.github.wsproof.server;
