/** What the page knows. A change is told as an event of its name; the parts draw what concerns them. */
export class State extends EventTarget {
  /** `verify` or `receive`. */
  mode = 'verify';
  link = { state: 'idle', url: '' };
  reply = null;
  running = false;
  snapshot = null;
  report = null;
  /** The name of the file that `report` was read from, or null. */
  file = null;
  logSize = { rows: 0, kept: 0, dropped: 0, scanning: false };

  set(changes) {
    Object.assign(this, changes);
    Object.keys(changes).forEach((name) => this.tell(name));
  }

  tell(name) {
    this.dispatchEvent(new Event(name));
  }

  on(names, draw) {
    names.forEach((name) => this.addEventListener(name, draw));
  }
}
