// node's ws at the same work as Peer.java. Arguments: URL CONNECTIONS WINDOW MESSAGES.
'use strict';
const WebSocket = require('ws');

const [url, connections, window, messages] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const share = Math.floor(messages / connections);
const message = (connection, sequence) => `Request ${connection}/${sequence} 0123abcd`;
let opened = 0;
let finished = 0;
let start;

const conversations = Array.from({ length: connections }, (_, connection) => {
  const socket = new WebSocket(url);
  let sent = 0;
  let answered = 0;
  const pump = () => {
    while (sent < share && sent - answered < window) socket.send(message(connection, sent++));
  };
  socket.on('error', error => { throw error; });
  socket.on('open', () => {
    if (++opened === connections) {
      start = process.hrtime.bigint();
      conversations.forEach(begin => begin());
    }
  });
  socket.on('message', data => {
    const expected = message(connection, answered);
    const reply = data.toString();
    if (!reply.startsWith(expected)) throw new Error(`expected ${expected}, got ${reply}`);
    answered++;
    pump();
    if (answered === share && ++finished === connections) {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      console.log(JSON.stringify({ messages: share * connections, seconds }));
      process.exit(0);
    }
  });
  return pump;
});
