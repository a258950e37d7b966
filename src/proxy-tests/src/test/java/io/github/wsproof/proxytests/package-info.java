/** The WAR behind the proxies that people put in front of it. */
package io.github.wsproof.proxytests;
