/** The endpoint and the page on embedded Grizzly, for local work. */
package io.github.wsproof.devserver;
