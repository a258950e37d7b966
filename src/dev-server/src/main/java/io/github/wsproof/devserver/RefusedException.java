package io.github.wsproof.devserver;

/** A request that is refused with an HTTP answer. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;
  final transient HttpAnswer answer;

  RefusedException(HttpAnswer answer) {
    super(answer.sentence());
    this.answer = answer;
  }
}
