/** The built WAR on a real container, over the loopback interface. */
package io.github.wsproof.deploymenttests;
