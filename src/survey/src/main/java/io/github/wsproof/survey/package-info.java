/** Finds the limits of a deployment, and names the settings that usually cause them. */
package io.github.wsproof.survey;
