package io.github.wsproof.protocol;

import java.util.Arrays;

/**
 * What messages are padded to, in bytes: {@code 4096}, a range {@code 16..65536}, or a list {@code
 * 125,126,65536} that is cycled. The size of a message follows from its sequence and its check, so
 * that whoever reads it knows it too:
 *
 * <pre>
 * list   sizes[sequence mod their number]; 0 is an empty message
 * range  smallest + r mod (largest - smallest + 1), where r, unsigned, is the first output of
 *        mulberry32 seeded with check xor 0x53495A45
 * </pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Sizes {
  /** No padding. */
  public static final Sizes NONE = fixed(0);

  /** "SIZE": padding begins with the bare check. */
  private static final int SALT = 0x53495A45;

  private final int[] list;
  private final boolean range;
  private final int mostBytes;

  private Sizes(int[] list, boolean range, int mostBytes) {
    this.list = list;
    this.range = range;
    this.mostBytes = mostBytes;
  }

  /**
   * All of one size.
   *
   * @param bytes 0..{@link Messages#MAX_SIZE_BYTES}; 0 for no padding
   * @throws IllegalArgumentException if it is out of range
   */
  public static Sizes fixed(int bytes) {
    return new Sizes(new int[] {checked(bytes, String.valueOf(bytes))}, false, bytes);
  }

  /**
   * Reads sizes.
   *
   * @throws IllegalArgumentException with a sentence, if the text is none
   */
  public static Sizes parse(String text) {
    int dots = text.indexOf("..");
    if (dots >= 0) {
      int smallest = number(text.substring(0, dots), text);
      int largest = number(text.substring(dots + 2), text);
      if (smallest > largest) {
        throw new IllegalArgumentException(
            "must have the smaller size first, as in 16..65536: size=" + text);
      }
      return new Sizes(new int[] {smallest, largest}, true, largest);
    }
    int[] list =
        Arrays.stream(text.split(",", -1)).mapToInt(size -> number(size.strip(), text)).toArray();
    return new Sizes(list, false, Arrays.stream(list).max().orElse(0));
  }

  private static int number(String number, String text) {
    if (!number.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "must be a number of bytes, a range such as 16..65536 or a list such as 125,126: size="
              + text);
    }
    return checked(Integer.parseInt(number), text);
  }

  private static int checked(int bytes, String text) {
    if (bytes < 0 || bytes > Messages.MAX_SIZE_BYTES) {
      throw new IllegalArgumentException(
          "must be 0.." + Messages.MAX_SIZE_BYTES + " bytes: size=" + text);
    }
    return bytes;
  }

  /** The same sizes, none above a bound. */
  Sizes atMost(int bytes) {
    return new Sizes(list, range, Math.min(mostBytes, bytes));
  }

  /** What a message is padded to. */
  int of(long sequence, int check) {
    if (range) {
      long random = Messages.mulberry32((check ^ SALT) + Messages.MULBERRY_STEP) & 0xffffffffL;
      return Math.min(mostBytes, list[0] + (int) (random % (list[1] - list[0] + 1L)));
    }
    int size = list.length == 1 ? list[0] : list[(int) Math.floorMod(sequence, (long) list.length)];
    return Math.min(mostBytes, size);
  }

  /** After how many messages a list begins again; 1 where it is none. */
  int round() {
    return range ? 1 : list.length;
  }

  /** Whether a message is empty, and so carries no identity: where a list of sizes has a 0. */
  boolean isEmpty(long sequence) {
    return hasEmpty() && list[(int) Math.floorMod(sequence, (long) list.length)] == 0;
  }

  /** Whether there are empty messages. */
  public boolean hasEmpty() {
    return !range && list.length > 1 && Arrays.stream(list).anyMatch(size -> size == 0);
  }

  /** Whether all are of one size. */
  public boolean isFixed() {
    return list.length == 1;
  }

  /** The smallest size that is not 0, or 0. */
  public int smallest() {
    return Arrays.stream(list).filter(size -> size > 0).min().orElse(0);
  }

  /** The largest size. */
  public int largest() {
    return mostBytes;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return range
        ? list[0] + ".." + list[1]
        : String.join(",", Arrays.stream(list).mapToObj(String::valueOf).toList());
  }
}
