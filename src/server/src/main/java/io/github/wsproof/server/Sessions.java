package io.github.wsproof.server;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The sessions of a deployment's clients without a socket. Thread-safe.
 *
 * <p>An id is random, with a code that only this deployment can have made: so one that has ended is
 * told from one that never was, without remembering it.
 */
final class Sessions {
  private static final Logger LOGGER = Logger.getLogger(Sessions.class.getName());
  private static final String ALGORITHM = "HmacSHA256";
  private static final int RANDOM_BYTES = 16;
  private static final int CODE_BYTES = 8;
  private static final String ID = "[A-Za-z0-9_-]{32}";

  private final SessionSettings settings;
  private final Limits limits;
  private final Connections connections;
  private final Figures figures;
  private final SecureRandom random = new SecureRandom();
  private final byte[] key = new byte[32];
  private final Map<String, ClientSession> byId = new ConcurrentHashMap<>();
  private final AtomicLong keptBytes = new AtomicLong();
  private long opened;

  Sessions(SessionSettings settings, Limits limits, Connections connections, Figures figures) {
    this.settings = settings;
    this.limits = limits;
    this.connections = connections;
    this.figures = figures;
    random.nextBytes(key);
    figures.add(this);
  }

  SessionSettings settings() {
    return settings;
  }

  Limits limits() {
    return limits;
  }

  /** Opens one; null where there is no room. */
  synchronized ClientSession open(HttpExchange opener, EchoSettings echo, boolean receipts) {
    String address = opener.address();
    if (byId.size() >= settings.sessions()
        || byId.values().stream().filter(s -> s.address().equals(address)).count()
            >= limits.connectionsPerAddress()) {
      figures.refused("sessions");
      return null;
    }
    opened++;
    String run = Handshaken.run(opener.header(EchoConfigurator.RUN_HEADER));
    String name = "session=" + opened + " run=" + run + " address=" + address;
    ClientSession session = new ClientSession(newId(), name, opener, echo, receipts, this);
    byId.put(session.id, session);
    LOGGER.info(() -> "open " + session);
    return session;
  }

  private String newId() {
    byte[] bytes = new byte[RANDOM_BYTES + CODE_BYTES];
    random.nextBytes(bytes);
    System.arraycopy(code(bytes), 0, bytes, RANDOM_BYTES, CODE_BYTES);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  private byte[] code(byte[] id) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(id, 0, RANDOM_BYTES);
      return Arrays.copyOf(mac.doFinal(), CODE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** An open one, or null. */
  ClientSession find(String id) {
    return byId.get(id);
  }

  /** What is answered where {@link #find} finds none. */
  Operations.Answer missing(String id) {
    return isOurs(id)
        ? gone()
        : Operations.text(
            404,
            "there is no such session here, and this server, since it started, has opened none of"
                + " that id");
  }

  private boolean isOurs(String id) {
    if (!id.matches(ID)) {
      return false;
    }
    byte[] bytes = Base64.getUrlDecoder().decode(id);
    return MessageDigest.isEqual(
        code(bytes), Arrays.copyOfRange(bytes, RANDOM_BYTES, bytes.length));
  }

  /** What is answered about one that was. */
  Operations.Answer gone() {
    return Operations.text(
        410,
        "the session is gone: it was ended, or had no request for "
            + settings.idleSeconds()
            + " s; open a new one by POST to .."
            + HttpTransports.SESSIONS);
  }

  /** Ends one; it is gone. */
  void end(ClientSession session, String reason) {
    byId.remove(session.id);
    if (session.end(Operations.text(410, "the session is gone: " + reason))) {
      LOGGER.info(
          () -> "end " + session + " reason=\"" + reason + "\" messages=" + session.messages());
    }
  }

  boolean reserve(long bytes) {
    if (keptBytes.addAndGet(bytes) <= settings.allBytes()) {
      return true;
    }
    release(bytes);
    return false;
  }

  void release(long bytes) {
    keptBytes.addAndGet(-bytes);
  }

  void answered(int bytes, int replyBytes) {
    connections.exchanged(bytes, replyBytes);
  }

  int count() {
    return byId.size();
  }

  /** What replies take that wait. */
  long keptBytes() {
    return keptBytes.get();
  }

  void sweep(long nowNanos) {
    for (ClientSession session : List.copyOf(byId.values())) {
      String over = session.check(nowNanos);
      if (over != null) {
        end(session, over);
      }
    }
  }

  /** Ends those whose clients have all their replies, or all of them; returns how many. */
  int drain(boolean all) {
    int ended = 0;
    for (ClientSession session : List.copyOf(byId.values())) {
      if (all || session.isTaken()) {
        end(session, "the server is stopping");
        ended++;
      }
    }
    return ended;
  }
}
