/** What is handed to orchestrators. */
package io.github.wsproof.manifesttests;
