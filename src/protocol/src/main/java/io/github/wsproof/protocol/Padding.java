package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The 64 characters that padding is made of: those of base64url (RFC 4648 §5), or of one to four
 * bytes each in UTF-8. A character that no longer fits in is a full stop.
 */
enum Padding {
  ASCII("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
  UNICODE(
      "abcdefghijklmnop"
          + "äöüßéñçøžłđŋαβωЖ"
          + "€中文日本語한국어ไทยअ☃☎♞"
          + "😀😎🚀🎉🐘🌍🍕🎲🧪𝄞𝒳𐍈🂡🀄🧵🦊");

  private final byte[][] characters;
  private final byte[] singles;

  Padding(String text) {
    characters =
        text.codePoints()
            .mapToObj(c -> new String(Character.toChars(c)).getBytes(UTF_8))
            .toArray(byte[][]::new);
    byte[] bytes = text.getBytes(UTF_8);
    singles = bytes.length == characters.length ? bytes : null;
    if (characters.length != 64) {
      throw new IllegalStateException("must be 64: " + characters.length);
    }
  }

  /** The characters where each is one byte, else null. */
  byte[] singles() {
    return singles;
  }

  byte[] character(int random) {
    return characters[random & 63];
  }
}
