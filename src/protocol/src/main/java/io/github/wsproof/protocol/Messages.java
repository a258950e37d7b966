package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The messages of one run: every one can be made again from the run's seed, so none is stored.
 *
 * <pre>
 * Request &lt;connection&gt;/&lt;sequence&gt; &lt;check&gt;[ &lt;padding&gt;]
 * Request 0/17 7c1e09ab
 * </pre>
 *
 * <p>{@code check} is 8 lower-case hex digits: the CRC-32C (RFC 3720 appendix B.4) of the seed as 8
 * big-endian bytes followed by the text before the check, {@code Request 0/17}. The padding is a
 * space and characters of the base64url alphabet (RFC 4648 §5), each chosen by the low 6 bits of
 * the next output of mulberry32 seeded with the check. All of it is ASCII, so characters are bytes,
 * unless padding of Unicode characters is wanted; the size may differ from message to message
 * ({@link Sizes}), down to nothing at all. For connections that compress, padding is a single
 * character, repeated, in turn with the above, of which no more than a quarter can be saved: two
 * messages each (so that text and binary in turn meet both), with a list of sizes two rounds of it.
 *
 * <p>Stateless apart from its two settings, and so thread-safe.
 */
public final class Messages {
  /** The most bytes that a message may be padded to. */
  public static final int MAX_SIZE_BYTES = 64 << 20;

  static final byte[] PREFIX = "Request ".getBytes(US_ASCII);
  static final byte[] END = "end".getBytes(US_ASCII);
  static final int CHECK_DIGITS = 8;
  private static final int LONGEST_HEAD_BYTES = PREFIX.length + 10 + 1 + 19;
  private static final byte FILLER = '.';
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  private final byte[] seedBytes;
  private final long seed;
  private final Sizes sizes;
  private final Padding padding;
  private final boolean turns;
  private final boolean hasEmpty;

  /** The padding's characters where each is one byte, else null. */
  private final byte[] alphabet;

  /**
   * The messages of a run.
   *
   * @param seed any value; two runs with the same seed send the same messages
   * @param sizeBytes what each message is padded to, 0..{@link #MAX_SIZE_BYTES}; a message whose
   *     identity alone is longer keeps its own length
   * @throws IllegalArgumentException if the size is out of range
   */
  public Messages(long seed, int sizeBytes) {
    this(seed, Sizes.fixed(sizeBytes), false);
  }

  /**
   * The messages of a run.
   *
   * @param seed any value; two runs with the same seed send the same messages
   * @param sizes what they are padded to
   * @param unicode whether the padding is made of characters of one to four bytes
   */
  public Messages(long seed, Sizes sizes, boolean unicode) {
    this(seed, sizes, unicode, false);
  }

  /**
   * The messages of a run.
   *
   * @param seed any value; two runs with the same seed send the same messages
   * @param sizes what they are padded to
   * @param unicode whether the padding is made of characters of one to four bytes
   * @param turns whether padding is compressible and incompressible in turn
   */
  public Messages(long seed, Sizes sizes, boolean unicode, boolean turns) {
    this(seed, sizes, unicode ? Padding.UNICODE : Padding.ASCII, turns);
  }

  private Messages(long seed, Sizes sizes, Padding padding, boolean turns) {
    this.seed = seed;
    this.seedBytes = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();
    this.sizes = sizes;
    this.padding = padding;
    this.turns = turns;
    this.hasEmpty = sizes.hasEmpty();
    this.alphabet = padding.singles();
  }

  /** The same messages, cut to a size. */
  public Messages atMost(int sizeBytes) {
    return new Messages(seed, sizes.atMost(sizeBytes), padding, turns);
  }

  /** The run's seed. */
  public long seed() {
    return seed;
  }

  /** What messages are padded to. */
  public Sizes sizes() {
    return sizes;
  }

  /** Whether the padding is made of characters of one to four bytes. */
  public boolean isUnicode() {
    return padding == Padding.UNICODE;
  }

  /** Whether padding is compressible and incompressible in turn. */
  public boolean takesTurns() {
    return turns;
  }

  /** Whether there are empty messages, which carry no identity. */
  public boolean hasEmpty() {
    return hasEmpty;
  }

  /** Whether the message of a sequence is empty. */
  public boolean isEmpty(long sequence) {
    return hasEmpty && sequence >= 0 && sizes.isEmpty(sequence);
  }

  /** The bytes of a message. */
  public byte[] content(Identity identity) {
    if (isEmpty(identity.sequence())) {
      return new byte[0];
    }
    byte[] head = new byte[LONGEST_HEAD_BYTES];
    int length = writeHead(head, identity);
    int check = check(head, 0, length);
    int natural = length + 1 + CHECK_DIGITS;
    byte[] content =
        new byte
            [identity.isEnd() ? natural : Math.max(natural, sizes.of(identity.sequence(), check))];
    System.arraycopy(head, 0, content, 0, length);
    content[length] = ' ';
    writeHex(content, length + 1, check);
    pad(content, natural, identity.sequence(), check);
    return content;
  }

  /** The length in bytes of a message. */
  public int length(Identity identity) {
    if (isEmpty(identity.sequence())) {
      return 0;
    }
    int natural =
        PREFIX.length
            + digits(identity.connection())
            + 1
            + (identity.isEnd() ? END.length : digits(identity.sequence()))
            + 1
            + CHECK_DIGITS;
    if (identity.isEnd() || sizes.isFixed()) {
      return identity.isEnd() ? natural : Math.max(natural, sizes.largest());
    }
    byte[] head = new byte[LONGEST_HEAD_BYTES];
    int check = check(head, 0, writeHead(head, identity));
    return Math.max(natural, sizes.of(identity.sequence(), check));
  }

  /**
   * Whether {@code bytes}, from {@code offset} on, hold the whole message of an identity that was
   * read there: its padding is what is compared, for the rest has just been read.
   */
  boolean paddingMatches(
      byte[] bytes, int paddingOffset, int paddingLength, long sequence, int check) {
    if (paddingLength == 0) {
      return true;
    }
    if (bytes.length < paddingOffset + paddingLength || bytes[paddingOffset] != ' ') {
      return false;
    }
    if (alphabet == null) {
      byte[] expected = new byte[paddingLength];
      pad(expected, 0, sequence, check);
      return Arrays.equals(
          expected, 0, paddingLength, bytes, paddingOffset, paddingOffset + paddingLength);
    }
    int step = step(sequence);
    int state = check + MULBERRY_STEP - step;
    for (int i = 1; i < paddingLength; i++) {
      state += step;
      if (bytes[paddingOffset + i] != alphabet[mulberry32(state) & 63]) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of padding behind a check that ends at {@code naturalLength}. */
  int paddingLength(int naturalLength, long sequence, int check) {
    return Math.max(0, sizes.of(sequence, check) - naturalLength);
  }

  int check(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(seedBytes, 0, seedBytes.length);
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** By how much the generator goes on: not at all where one character is repeated. */
  private int step(long sequence) {
    return turns && (sequence / (2L * sizes.round()) & 1) == 0 ? 0 : MULBERRY_STEP;
  }

  private void pad(byte[] content, int from, long sequence, int check) {
    if (from == content.length) {
      return;
    }
    content[from] = ' ';
    int step = step(sequence);
    int state = check + MULBERRY_STEP - step;
    if (alphabet != null) {
      for (int i = from + 1; i < content.length; i++) {
        state += step;
        content[i] = alphabet[mulberry32(state) & 63];
      }
      return;
    }
    int at = from + 1;
    while (at < content.length) {
      state += step;
      byte[] character = padding.character(mulberry32(state));
      if (character.length <= content.length - at) {
        System.arraycopy(character, 0, content, at, character.length);
        at += character.length;
      } else {
        content[at++] = FILLER;
      }
    }
  }

  static final int MULBERRY_STEP = 0x6D2B79F5;

  /** Tommy Ettinger's mulberry32 (public domain): a 32-bit generator that JavaScript can follow. */
  static int mulberry32(int state) {
    int t = (state ^ state >>> 15) * (state | 1);
    t = t + (t ^ t >>> 7) * (t | 61) ^ t;
    return t ^ t >>> 14;
  }

  private static int writeHead(byte[] head, Identity identity) {
    System.arraycopy(PREFIX, 0, head, 0, PREFIX.length);
    int at = writeDecimal(head, PREFIX.length, identity.connection());
    head[at++] = '/';
    if (identity.isEnd()) {
      System.arraycopy(END, 0, head, at, END.length);
      return at + END.length;
    }
    return writeDecimal(head, at, identity.sequence());
  }

  private static int writeDecimal(byte[] bytes, int at, long value) {
    int end = at + digits(value);
    long rest = value;
    for (int i = end - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }

  private static int digits(long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  static void writeHex(byte[] bytes, int at, int value) {
    for (int i = 0; i < CHECK_DIGITS; i++) {
      bytes[at + i] = HEX[value >>> (28 - 4 * i) & 15];
    }
  }
}
