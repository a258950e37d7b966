package io.github.wsproof.carriers;

import java.net.URI;

/**
 * One transport's turn.
 *
 * @param plan what is compared
 * @param meter where the server is reached, through what counts the bytes
 * @param messages how many
 * @param window how many at a time
 * @param seed what they are made from
 */
record Turn(Plan plan, URI meter, int messages, int window, long seed) {}
