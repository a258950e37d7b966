/** Every English word of the page and of its reports. The sentences of reports are those of the command line. */

const count = (number) => number.toLocaleString('en');

const CLOSE_CODES = {
  1000: 'it is finished',
  1001: 'it is going away: it stops, or was restarted',
  1002: 'it found a protocol error',
  1003: 'it does not take this kind of message',
  1005: 'it gave no code',
  1006: 'no close frame came',
  1007: 'it found text that is no UTF-8',
  1008: 'it refuses what the address asks for',
  1009: 'a message was too long for it',
  1011: 'it failed; its log says why',
  1012: 'it restarts',
  1013: 'it is overloaded; try later',
  1014: 'a gateway got no answer',
};

export const STRINGS = {
  count,

  state: {
    connecting: (attempt) => (attempt === 0 ? 'Connecting …' : `Connecting again (attempt ${attempt + 1}) …`),
    established: 'WebSocket connection established',
    fallenBack: (transport) =>
      `Connected by ${transport}: no WebSocket could be opened. The page returns to one when it can.`,
    closing: 'Closing the connection …',
    stopped: 'Not connected. Press Connect to try again.',
    idle: 'Not connected.',
    receiver: 'Not connected. Receive opens the stream.',
    opening: 'Connecting …',
    receiving: (open, connections) =>
      connections === 1 ? 'Receiving' : `Receiving on ${count(open)} of ${count(connections)} connections`,
    cutOff: (cut, connections) =>
      connections === 1
        ? 'The connection was cut. Connecting again …'
        : `${count(cut)} of ${count(connections)} connections were cut. Connecting again …`,
    foreign: 'Not connected: this link leads to another address. Check it, then press Connect.',
    refused: (why) => `The browser refuses this address: ${why}`,
    closed: (code, reason, by) =>
      `Closed ${by === 'page' ? 'by this page' : by === 'server' ? 'by the server' : 'without a close frame'} ` +
      `(${code}${reason ? `, “${reason}”` : ''})${by === 'server' ? `: ${CLOSE_CODES[code] ?? 'see the server’s log'}` : ''}.`,
    neverOpened: (url) => `No WebSocket connection to ${url}.`,
    reconnecting: (seconds) => `Reconnecting in ${seconds} s.`,
  },

  advice: {
    neverOpened:
      'Is the server running, is the address right, and does every proxy on the way forward the Upgrade and ' +
      'Connection headers? The browser hides why a handshake failed: “Copy as Command” gives a command that tells.',
    broke: 'The server stopped or the network broke; messages that were on their way are in doubt.',
    policy: 'Correct the address, then press Connect.',
    policyOfStream: 'Correct what the server refuses, then receive again.',
    tooBig: 'Send a shorter message, then press Connect.',
    other: 'Press Connect to try again.',
  },

  one: {
    waiting: 'Waiting for the reply …',
    none: 'No reply yet',
    roundTrip: (millis) => `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`,
    unasked: 'not asked for',
    bytes: (bytes, binary) => `${count(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}, ${binary ? 'binary' : 'text'}`,
    notEstablished: 'Connect first: there is no connection to send on.',
  },

  mode: {
    verify: 'Does every message come back exactly once, in order and intact?',
    receive: 'Does every message of a stream arrive exactly once, in order and intact?',
  },

  run: {
    heading: { verify: 'Many messages', receive: 'Receive a stream' },
    receive: (messages) => `Receive ${count(messages)} ${messages === 1 ? 'Message' : 'Messages'}`,
    received: (received, planned) => `${count(received)} of ${count(planned)} received`,
    announceReceived: (percent) => `${percent} percent received`,
    gone: (connection, { sequence, last }) => `connection ${connection}: messages ${sequence}–${last} are gone; the server has let go of them`,
    start: (messages) => `Start ${count(messages)} ${messages === 1 ? 'Message' : 'Messages'}`,
    running: 'Running',
    stopping: 'Stopping …',
    connecting: 'Opening connections …',
    progress: (answered, planned) => `${count(answered)} of ${count(planned)} answered`,
    speed: (perSecond) => `${count(Math.round(perSecond))}/s`,
    progressName: (received) => (received ? 'Messages received' : 'Messages answered'),
    announce: (percent) => `${percent} percent answered`,
    correct: 'Correct what is marked, then start again.',
  },

  outcome: {
    sent: 'sent',
    delivered: 'delivered',
    lost: 'lost',
    duplicated: 'duplicated',
    reordered: 'reordered',
    corrupted: 'corrupted',
    misdelivered: 'misdelivered',
    unexpected: 'unexpected',
    foreignRoom: 'foreign room',
    inDoubt: 'in doubt',
    recovered: 'recovered',
    gone: 'gone',
    neverSent: 'never sent',
    overtaken: 'overtaken',
    inFlight: 'in flight',
  },

  meaning: {
    sent: 'Messages handed to the connections.',
    delivered: 'Answered on their connection, content and form right.',
    lost: 'Unanswered although a later message of the connection was answered, or given up after the drain.',
    duplicated: 'Further replies to messages already answered.',
    reordered: 'First replies that came after the reply to a later message.',
    corrupted: 'Answered, but the content differs.',
    misdelivered: 'Answered only on another connection.',
    unexpected: 'Replies that no message of this run explains.',
    foreignRoom: 'Of rooms: messages that came to a member of another room.',
    inDoubt: 'Unanswered when the connection ended.',
    recovered: 'In doubt when the connection ended, sent again and answered.',
    gone: 'Of a stream: the server had let go of them before they were received, and said so.',
    neverSent: 'Planned, and not sent when the run ended.',
  },

  meaningOfStream: {
    sent: 'Messages of the stream that came, were overtaken or are gone, by their numbers.',
    delivered: 'Came once, content and form right.',
    lost: 'Did not come, although a later message did.',
    duplicated: 'Came again.',
    reordered: 'Came after a later message.',
    corrupted: 'Came, but the content differs.',
    misdelivered: 'A message of another stream, or of another run of this one, came in their place.',
    unexpected: 'Came beside the messages of the stream.',
    neverSent: 'Planned, and not heard of when the run ended.',
  },

  verdict: {
    received: 'Every message came exactly once, in order and intact.',
    noneYetOfStream: 'The server sends, and each message is accounted for by its number.',
    PASS: 'Every message came back exactly once, in order and intact.',
    FAIL: 'Something is proved wrong.',
    INCONCLUSIVE: 'Nothing is proved wrong, but not everything is proved right.',
    none: 'No verdict yet',
    noneYet: 'Start a run: each message is accounted for by its identity, not merely counted.',
    live: 'So far',
    file: (name, when) => `Report from ${name}, run at ${when}`,
  },

  legs: {
    outbound: 'client → server',
    inbound: 'server → client',
    unknown: 'leg unknown',
  },

  notes: {
    timer: 'Browsers round clocks to 0.1 ms or more, so short latencies are coarse.',
    firstTells:
      'A browser cannot read the header that names a stream and its run: the first intact message told which run it was.',
    stalls: (stalls, receives) =>
      `This browser itself did not run for more than 50 ms, ${count(stalls)} ${stalls === 1 ? 'time' : 'times'}: its ` +
      `${receives ? 'pace' : 'latencies'} may be its own.`,
    samples: 'A sample: at most 100 of a kind are kept; the counts are exact.',
  },

  plot: {
    latency: 'Latency',
    latencySummary: (p) =>
      `Latency over time: median ${millis(p.p50)}, 99 percent under ${millis(p.p99)}, longest ${millis(p.max)}.`,
    rate: 'Messages per second',
    rateSummary: (perSecond) => `Rate over time: at most ${count(Math.round(perSecond))} messages per second.`,
    randoms: 'Random numbers',
    randomsSummary: (bins, total) => `${count(total)} random numbers in ${count(bins)} classes.`,
    empty: 'Nothing to show yet.',
    latencyAt: (when, median, longest) =>
      longest === null || longest === undefined
        ? `${when}: no reply`
        : `${when}: ${median >= 0 ? `median ${millis(median * 1000)}, ` : ''}longest ${millis(longest * 1000)}`,
    rateAt: (when, perSecond) => `${when}: ${count(Math.round(perSecond))}/s`,
    randomsAt: (from, to, times) => `${from === to ? from : `${from} to ${to}`}: ${count(times)} times`,
    seconds: (seconds) => `${Number(seconds.toPrecision(3))} s`,
  },

  percentile: { min: 'shortest', p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9', max: 'longest' },

  log: {
    single: 'single',
    from: (message) => (message > 0 ? `from message ${message} on` : ''),
    events: { sent: 'Sent:', received: 'Received:', opened: 'Opened', closed: 'Closed' },
    rows: ({ rows, kept, dropped, scanning }) =>
      `${count(rows)} ${rows === 1 ? 'row' : 'rows'}${rows < kept ? ` of ${count(kept)}` : ''}` +
      `${scanning ? ', searching …' : ''}${dropped > 0 ? `; ${count(dropped)} older ones dropped` : ''}`,
    copied: (rows) => `Copied ${count(rows)} ${rows === 1 ? 'row' : 'rows'}${rows === 10_000 ? ', the last ones' : ''}.`,
    pause: 'Pause',
    resume: 'Follow',
  },

  copy: {
    command: 'Copied the command. Run it in a terminal.',
    link: 'Copied the link to this test.',
    failed: 'The browser did not allow copying. Select the text and copy it.',
  },

  download: {
    transcriptGone: 'The log no longer holds all of this run. Use wsproof verify --transcript FILE for runs this long.',
  },

  file: {
    notJson: (name) => `${name} is not JSON. Drop a report that wsproof verify --json or this page wrote.`,
    notReport: (name) => `${name} is no wsproof report: its verdict, counts, reasons or anomalies are not as in one.`,
    tooBig: (name) => `${name} is larger than 64 MB, which no report is.`,
  },

  problem: {
    range: (min, max) => `Must be ${count(min)} to ${count(max)}.`,
    moreThanMessages: 'Must be at most the number of messages.',
    tooSmall: (bytes) => `Must be 0 (no padding) or at least ${bytes}, to hold a message’s identity.`,
    seed: 'Must be a whole number from 0 to 9,007,199,254,740,991, or empty.',
    address: 'Must be an address such as ws://host:port/path or wss://host/path.',
    ownParameter: (name) => `Must not say “${name}=”: a receiver says that itself, as the fields below have it.`,
    http: (fixed) => `Must begin with ws:// or wss://. Did you mean ${fixed}?`,
    fragment: 'Must have no # part (RFC 6455, section 3).',
  },

  reason: {
    interrupted: 'the run was interrupted',
    fellBack: (transport) => `no WebSocket could be opened: the messages went by ${transport}`,
    noPing:
      'a browser cannot ping, and the server gives no receipts; a repeated reply that comes after the end may go unseen',
    accountNotClosed:
      'the message that closes the account of a connection was not answered; the legs of its last messages are unknown',
    nothingVerified: 'nothing was verified: no connection could be opened',
    noReceipts: 'the legs are unknown: the server gives no receipts',
    receiptsNotAsked: 'the legs are unknown: no receipts were asked for',
    couldNotConnect: (url, why) => `could not connect to ${url}: ${why}`,
    hiddenByBrowser: 'the browser hides why; the same run by command line tells',
    noHandshake: 'it did not answer the handshake; is it a WebSocket server?',
    wrongForm: (reply, form, fitting) =>
      `the first reply was "${reply}", which is not of the form "${form}"; try --expect '${fitting}'`,
    endedEarly: (connection, how, left) => `connection ${connection} ${how}, with ${count(left)} messages still to come`,
    streamSilent: (seconds) => `was silent for ${seconds} s (--drain)`,
    streamEnded: (wasClean, code, reason) =>
      wasClean
        ? `was closed by the server with ${code}${reason ? ` "${reason}"` : ''}`
        : 'ended without a close frame, as the browser tells it',
    notOpenedAgain: (seconds, why) => `could not be opened again within ${seconds} s (--reconnect-limit: ${why})`,
    alwaysAnew: 'the server began the stream anew each time',
    restarted(connection, before, now, last) {
      const [[name, run], [, replaced]] = [now.split('/'), before.split('/')];
      return (
        `connection ${connection}: the server began the stream ${name} anew (run ${run} in place of ${replaced}); ` +
        `what the run before had sent${last < 0 ? '' : ` after message ${last}`} is unknown`
      );
    },
    noSeals:
      'the server seals no messages: a change is seen only where it breaks their form or numbers, and a message of ' +
      'another stream looks like one of this',
    gone: (messages, behind) =>
      `${count(messages)} messages are gone: the server had let go of them before they were received (its settings ` +
      `wsproof.stream-messages and wsproof.stream-age); --from ${behind} is behind them`,
    openedAgain: (times, seconds) =>
      `connections were opened again ${count(times)} times, the longest after ${seconds.toFixed(1)} s`,
    late: (millis) =>
      `messages were sent up to ${count(Math.round(millis))} ms after they were due: the path or the window held them up`,
    missedRate: (rate, reached, millis) =>
      `the client did not keep the rate of ${count(rate)}/s: it reached ${count(Math.round(reached))}/s, and sent up ` +
      `to ${count(Math.round(millis))} ms late`,
    silent: (connection, seconds, unanswered, unsent) =>
      `connection ${connection} was silent for ${seconds} s (--drain) with ${count(unanswered)} messages unanswered` +
      (unsent === 0 ? '' : `; its remaining ${count(unsent)} were not sent`),
    ended: ({ connection, closedBy, closeCode, reason, inFlight }, unsent) =>
      `connection ${connection} ${
        closedBy === 'server'
          ? `was closed by the server with ${closeCode}${reason ? ` "${reason}"` : ''}`
          : 'broke without a close frame, as the browser tells it'
      }, with ${count(inFlight)} messages in flight and ${count(unsent)} unsent`,
  },
};

/** Milliseconds of a figure in microseconds, as the command line writes them. */
export function millis(micros) {
  const value = micros / 1000;
  const text = value < 0.1 ? value.toFixed(3) : value < 10 ? value.toFixed(1) : count(Math.round(value));
  return `${text} ms`;
}
