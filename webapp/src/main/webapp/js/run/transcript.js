import { textOf } from '../protocol/bytes.js';
import { crc32c, hexOf } from '../protocol/crc32c.js';
import { END_SEQUENCE, MessageReader } from '../protocol/messages.js';
import { Type } from './log-store.js';

/** Lines that are joined before they are handed to the browser: a blob of few parts. */
const LINES_A_PART = 10_000;

/** The content that a line holds as it is; longer content is told by its parts. */
const MOST_CONTENT_BYTES = 4096;

/**
 * A run as JSON Lines, as the Java client writes it (src/evidence, Transcript): what it was, every
 * opening, message, reply and closing with the nanoseconds since its start, and how it ended. Null if
 * the log no longer has the whole run: half a transcript would be judged as a loss.
 */
export function transcript(store, log, run, report) {
  const firstRow = log.firstRow();
  if (firstRow < 0) {
    return null;
  }
  const parts = [];
  let lines = [JSON.stringify(header(report, run))];
  for (let row = firstRow; row < store.count; row++) {
    const raw = store.raw(row);
    if (raw.run === log.number && isTold(raw)) {
      lines.push(JSON.stringify(line(raw, run)));
    }
    if (lines.length >= LINES_A_PART) {
      parts.push(`${lines.join('\n')}\n`);
      lines = [];
    }
  }
  lines.push(JSON.stringify(end(report, run)));
  parts.push(`${lines.join('\n')}\n`);
  return new Blob(parts, { type: 'application/jsonl' });
}

function header(report, { plan }) {
  const { id, seed, binary, url, messages, connections, window, perConnection, startedAt } = report.run;
  return {
    event: 'run',
    transcript: 1,
    wsproof: report.wsproof,
    id,
    seed,
    size: plan.size,
    binary,
    url,
    planned: messages,
    connections,
    window,
    perConnection,
    expect: plan.expect || null,
    startedAt,
  };
}

const end = ({ verdict, run: { interrupted, seconds }, counts, reasons }, run) => ({
  event: 'end',
  nanos: Math.round((run.firstSentMillis - run.startedMillis + seconds * 1e3) * 1e6),
  verdict,
  interrupted,
  counts,
  reasons,
});

/** Single messages are no part of a run; nor is the last word of a connection's account counted. */
const isTold = ({ type, connection, sequence }) =>
  connection >= 0 && !(type === Type.SENT && sequence === END_SEQUENCE);

function line(raw, run) {
  const { type, connection, sequence } = raw;
  const nanos = Math.round((raw.millis - run.startedMillis) * 1e6);
  switch (type) {
    case Type.OPENED:
    case Type.CLOSED:
      return { event: type === Type.OPENED ? 'opened' : 'closed', connection, nanos, ...JSON.parse(textOf(raw.before)) };
    case Type.SENT:
      return { event: 'sent', connection, sequence, nanos, ...sentContent(raw, run.messages) };
    default:
      return {
        event: type === Type.IGNORED ? 'ignored' : 'received',
        connection,
        ...named(raw, run.messages),
        nanos,
        ...(raw.binary ? { binary: true } : {}),
        ...receivedContent(raw, run.messages),
      };
  }
}

function sentContent({ connection, sequence }, messages) {
  const content = messages.content(connection, sequence);
  if (content.length <= MOST_CONTENT_BYTES) {
    return { text: textOf(content) };
  }
  const parts = [{ message: `${connection}/${sequence}`, from: 0, to: content.length }];
  return { bytes: content.length, crc32c: hexOf(crc32c(content)), parts };
}

function receivedContent(raw, messages) {
  const { type, before, after, binary, size } = raw;
  if (type !== Type.WHOLE) {
    return size > MOST_CONTENT_BYTES ? { bytes: size, crc32c: hexOf(raw.sequence) } : asIs(before, binary);
  }
  const message = messages.content(raw.connection, raw.sequence);
  const content = joined(before, message, after);
  if (size <= MOST_CONTENT_BYTES) {
    return asIs(content, binary);
  }
  const name = `${raw.connection}/${raw.sequence === END_SEQUENCE ? 'end' : raw.sequence}`;
  const parts = [
    ...(before.length > 0 ? [asIs(before, true)] : []),
    { message: name, from: 0, to: message.length },
    ...(after.length > 0 ? [asIs(after, true)] : []),
  ];
  return { bytes: size, crc32c: hexOf(crc32c(content)), parts };
}

function joined(...pieces) {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** As text if that gives the same bytes again. */
function asIs(bytes, binary) {
  if (binary) {
    try {
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch {
      return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
    }
  }
  return { text: textOf(bytes) };
}

/** The first message of this run that a reply names. */
function named({ type, connection, sequence, before }, messages) {
  const asWord = (number) => (number === END_SEQUENCE ? 'end' : number);
  if (type === Type.WHOLE) {
    return { sequence: asWord(sequence) };
  }
  const reader = new MessageReader(messages);
  const at = MessageReader.next(before, 0);
  if (at < 0 || !reader.identityAt(before, at)) {
    return {};
  }
  const found = { sequence: asWord(reader.sequence) };
  return reader.connection === connection ? found : { ...found, owner: reader.connection };
}
