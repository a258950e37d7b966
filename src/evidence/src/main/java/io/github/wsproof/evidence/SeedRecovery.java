package io.github.wsproof.evidence;

/**
 * Finds a seed from a single message, so that a recording that does not tell its seed can be judged
 * all the same.
 *
 * <p>A check is the CRC-32C of the seed's 8 bytes and the text before it. A CRC can be run
 * backwards: from the check, through the text, to the register behind the seed. Its 32 bits are all
 * that the seed gives to any message; of the many seeds that lead there, the one whose upper 4
 * bytes are 0 is taken. It makes the same messages, byte for byte, as the real one.
 */
final class SeedRecovery {
  private static final int POLYNOMIAL = 0x82F63B78;
  private static final int SEED_BYTES = 8;
  private static final int[] TABLE = new int[256];

  /** The index into {@link #TABLE} by the top byte of its entry: each occurs once. */
  private static final int[] INDEX_BY_TOP = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
      TABLE[i] = crc;
      INDEX_BY_TOP[crc >>> 24] = i;
    }
  }

  private SeedRecovery() {}

  /**
   * A seed, 0..2^32-1, that gives a text its check.
   *
   * @param bytes hold the text, such as {@code Request 0/17}
   * @param check the CRC-32C that follows it
   */
  static long seed(byte[] bytes, int from, int to, int check) {
    int register = ~check;
    for (int i = to - 1; i >= from; i--) {
      register = backward(register, bytes[i]);
    }
    for (int i = 0; i < SEED_BYTES / 2; i++) {
      register = backward(register, (byte) 0);
    }
    int start = -1;
    for (int i = 0; i < SEED_BYTES / 2; i++) {
      start = start >>> 8 ^ TABLE[start & 0xFF];
    }
    return Integer.toUnsignedLong(Integer.reverseBytes(register ^ start));
  }

  private static int backward(int register, byte b) {
    int index = INDEX_BY_TOP[register >>> 24];
    return (register ^ TABLE[index]) << 8 | index ^ b & 0xFF;
  }
}
