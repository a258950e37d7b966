/** A gap in the worker's loop that is worth telling. */
const STALL_MILLIS = 50;

/** Watches the client itself: a loop that did not run is the client's fault, never the server's loss. */
export class Health {
  #lastMillis;
  stalls = 0;

  constructor(nowMillis) {
    this.#lastMillis = nowMillis;
  }

  /** The loop runs; whatever runs next is due within `periodMillis`. */
  alive(nowMillis, periodMillis) {
    if (nowMillis - this.#lastMillis - periodMillis > STALL_MILLIS) {
      this.stalls++;
    }
    this.#lastMillis = nowMillis;
  }

  /** In a report: a few stalls slow a run, a missed schedule makes it another one. */
  info(scheduleMissed, latestSendMillis) {
    return { stalls: this.stalls, limited: scheduleMissed, latestSendMillis, browser: navigator.userAgent };
  }
}
