/** The first page: one message, ten thousand messages, and whether each of them came back. */

const COUNT = 10_000;
const LOG_LINES = 20_000;

const element = (id) => document.getElementById(id);
const state = element('state');
const log = element('log');
const verdict = element('verdict');

const lines = [];
let logScheduled = false;
let run = null;

/** The socket is at `echo` beside the page: in any context path, and on the development server. */
const url = new URL('echo', location.href);
url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
url.search = '';
url.hash = '';

const socket = new WebSocket(url);

socket.addEventListener('open', () => {
  state.textContent = 'WebSocket connection established';
  setBusy(false);
});

socket.addEventListener('close', (event) => {
  const reason = event.reason ? `: ${event.reason}` : '';
  state.textContent = event.wasClean
    ? `WebSocket connection closed (${event.code}${reason}). Reload the page to connect again.`
    : `No WebSocket connection to ${url} (${event.code}${reason}). Is the server running, and does every proxy on the way forward the upgrade?`;
  setBusy(true);
  if (run) {
    finish('The connection ended first.');
  }
});

socket.addEventListener('message', ({ data }) => {
  append(`Received: ${data}`);
  if (run) {
    received(data);
  } else {
    element('reply').textContent = data;
  }
});

element('one').addEventListener('submit', (event) => {
  event.preventDefault();
  send(element('text').value);
});

element('start').addEventListener('click', () => {
  setBusy(true);
  verdict.textContent = '';
  run = { next: 0, answered: new Set(), wrong: 0, startedAt: performance.now() };
  for (let i = 0; i < COUNT; i++) {
    send(`Hello Server ${i}`);
  }
});

/** Every reply is told by its message, and none is counted twice. */
function received(reply) {
  const match = /^Hello Server (\d+) - \d+$/.exec(reply);
  const number = match && Number(match[1]);
  if (match && number === run.next && !run.answered.has(number)) {
    run.next++;
  } else {
    run.wrong++;
    run.next = match ? Math.max(run.next, number + 1) : run.next;
  }
  if (match) {
    run.answered.add(number);
  }
  element('progress').value = run.answered.size;
  if (run.answered.size === COUNT) {
    finish('');
  }
}

function finish(why) {
  const missing = COUNT - run.answered.size;
  const seconds = ((performance.now() - run.startedAt) / 1000).toFixed(2);
  const right = missing === 0 && run.wrong === 0;
  const count = (n) => n.toLocaleString('en');
  verdict.textContent = right
    ? `All ${count(COUNT)} messages came back, each once and in order, in ${seconds} s.`
    : `${count(missing)} of ${count(COUNT)} messages did not come back, ${count(run.wrong)} replies were wrong, repeated or out of order. ${why}`;
  run = null;
  setBusy(socket.readyState !== WebSocket.OPEN);
}

function send(message) {
  append(`Sent: ${message}`);
  socket.send(message);
}

function setBusy(busy) {
  element('send').disabled = busy;
  element('start').disabled = busy;
}

/** Lines are shown once per frame: 10,000 of them must not freeze the page. */
function append(line) {
  lines.push(line);
  if (!logScheduled) {
    logScheduled = true;
    requestAnimationFrame(() => {
      logScheduled = false;
      lines.splice(0, lines.length - LOG_LINES);
      log.textContent = lines.join('\n');
      log.scrollTop = log.scrollHeight;
    });
  }
}
