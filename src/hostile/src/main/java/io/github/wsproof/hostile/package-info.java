/**
 * Clients that mean no good, for tests of servers: each attack is raw bytes from a seed, and says
 * how RFC 6455 wants its connection to end.
 */
package io.github.wsproof.hostile;
