package io.github.wsproof.survey;

/** Looks for one limit. */
interface Probe {

  /** What it looks for, in a word or two. */
  String name();

  /**
   * Looks; this may take seconds.
   *
   * @throws InterruptedException if the survey is stopped
   */
  Finding look(Target target) throws InterruptedException;
}
