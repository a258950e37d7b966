/**
 * Runs a task in a later turn of the loop. Not setTimeout: nested, it waits at least 4 ms (HTML
 * standard, timers), which would be the speed limit of every burst.
 */
const channel = new MessageChannel();
const tasks = [];

channel.port1.onmessage = () => tasks.shift()();

export function later(task) {
  tasks.push(task);
  channel.port2.postMessage(null);
}
