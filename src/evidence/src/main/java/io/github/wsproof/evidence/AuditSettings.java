package io.github.wsproof.evidence;

import io.github.wsproof.protocol.ReplyForm;

/**
 * What an audit is told beside its files.
 *
 * @param line what a received line of a log, or a received message of a HAR export, looks like;
 *     null for messages of wsproof
 * @param sentLine what a sent one looks like, or null
 * @param messages how many were sent, or 0 if that is not known
 * @param expect what replies in a HAR export look like; null for what the server announced
 */
public record AuditSettings(
    LinePattern line, LinePattern sentLine, long messages, ReplyForm expect) {
  /** Checks what belongs together. */
  public AuditSettings {
    if (line == null && (sentLine != null || messages != 0)) {
      throw new IllegalArgumentException("--sent-line and --messages need --line");
    }
    if (messages < 0) {
      throw new IllegalArgumentException("must be >= 0: messages=" + messages);
    }
    if (messages > 0 && (sentLine != null || line.hasConnection())) {
      throw new IllegalArgumentException(
          "--messages cannot be combined with --sent-line, nor with a --line that has"
              + " {connection}");
    }
  }
}
