package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.ReplyForm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages by POST to a session, whose replies are fetched: in one of three ways. */
final class SessionCarrier implements Carrier {
  /** How long a long poll waits; proxies cut what is silent for longer than a minute. */
  static final int WAIT_SECONDS = 25;

  /** How replies are fetched. */
  enum Way {
    SHORT_POLLING("short polling"),
    LONG_POLLING("long polling"),
    EVENTS("server-sent events");

    private final String label;

    Way(String label) {
      this.label = label;
    }
  }

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Http http;
  private final Way way;

  SessionCarrier(Http http, Way way) {
    this.http = http;
    this.way = way;
  }

  @Override
  public String name() {
    return way.label;
  }

  @Override
  public Outcome carry(Turn turn) throws InterruptedException {
    String path = turn.plan().httpPath() + "/sessions";
    Account account = new Account(turn, true);
    String session;
    try {
      String query = turn.plan().query();
      HttpResponse<byte[]> answer =
          request(
              turn,
              account,
              "POST",
              path + query + (query.isEmpty() ? "?" : "&") + "receipt=1",
              new byte[0]);
      if (answer.statusCode() != 201) {
        return Outcome.missing(Refused.sentence("POST", path, answer));
      }
      JsonNode opened = JSON.readTree(answer.body());
      session = path + "/" + opened.path("session").asString();
      String form =
          turn.plan().expect() == null ? opened.path("form").asString() : turn.plan().expect();
      account.opened(0, ReplyForm.parse(form), opened.path("receipts").asBoolean());
    } catch (JacksonException e) {
      return Outcome.missing("POST " + path + " opened no session: the answer is not its JSON");
    } catch (IOException e) {
      return Outcome.missing("POST " + path + " opened no session: " + Refused.why(e));
    }
    return new Talk(turn, account, session).run();
  }

  private HttpResponse<byte[]> request(
      Turn turn, Account account, String method, String path, byte[] body)
      throws IOException, InterruptedException {
    account.requested();
    return http.send(
        turn, method, path, BodyPublishers.ofByteArray(body), BodyHandlers.ofByteArray());
  }

  /** One session's messages and replies. */
  private final class Talk {
    private final Turn turn;
    private final Account account;
    private final String session;
    private final String query;
    private final SplittableRandom random;

    /** Owned by the reader. */
    private long next;

    private volatile boolean over;

    Talk(Turn turn, Account account, String session) {
      this.turn = turn;
      this.account = account;
      this.session = session;
      this.random = new SplittableRandom(turn.seed());
      // Whatever logs a client in has to be in each request.
      this.query = turn.plan().query();
    }

    Outcome run() throws InterruptedException {
      Thread reader = new Thread(this::read, "wsproof-reader");
      reader.setDaemon(true);
      reader.start();
      try {
        send();
      } finally {
        over = true;
        end();
      }
      reader.join();
      return account.outcome();
    }

    private void send() throws InterruptedException {
      for (int i = 0; i < turn.messages() && account.awaitRoom(); i++) {
        think();
        if (account.isFailed(0) || !post(account.send(0, System.nanoTime()))) {
          return;
        }
        account.accepted(0, System.nanoTime());
      }
      account.awaitReplies(0);
      if (account.hasReceipts(0) && post(account.end(0))) {
        account.awaitClosed(0);
      }
    }

    /**
     * Whoever sends right behind a poll waits for the whole pause each time: real messages come at
     * moments that have nothing to do with the polls.
     */
    private void think() throws InterruptedException {
      if (way == Way.SHORT_POLLING && turn.window() == 1) {
        Thread.sleep(random.nextLong(turn.plan().pollEvery().toMillis() + 1));
      }
    }

    private boolean post(byte[] message) throws InterruptedException {
      try {
        HttpResponse<byte[]> answer = request(turn, account, "POST", session + query, message);
        if (answer.statusCode() == 202) {
          return true;
        }
        account.failed(0, Refused.sentence("POST", session, answer));
      } catch (IOException e) {
        account.failed(0, "a request failed: " + Refused.why(e));
      }
      return false;
    }

    private void end() throws InterruptedException {
      try {
        request(turn, account, "DELETE", session + query, new byte[0]);
      } catch (IOException e) {
        account.failed(0, "the session could not be ended: " + Refused.why(e));
      }
    }

    private void read() {
      try {
        if (way == Way.EVENTS) {
          events();
          return;
        }
        while (!over && poll()) {
          if (way == Way.SHORT_POLLING) {
            Thread.sleep(turn.plan().pollEvery().toMillis());
          }
        }
      } catch (IOException | JacksonException e) {
        failed("replies could not be fetched: " + e.getMessage());
      } catch (InterruptedException e) {
        failed("it was interrupted");
      }
    }

    private void failed(String why) {
      if (!over) {
        account.failed(0, why);
      }
    }

    private boolean poll() throws IOException, InterruptedException {
      String path = session + query + (query.isEmpty() ? "?" : "&") + "from=" + next;
      HttpResponse<byte[]> answer =
          request(
              turn,
              account,
              "GET",
              way == Way.LONG_POLLING ? path + "&wait=" + WAIT_SECONDS : path,
              new byte[0]);
      if (answer.statusCode() != 200) {
        failed(Refused.sentence("GET", session, answer));
        return false;
      }
      JsonNode fetched = JSON.readTree(answer.body());
      for (JsonNode reply : fetched.path("replies")) {
        account.reply(0, reply.asString().getBytes(UTF_8));
      }
      next = fetched.path("next").asLong();
      return true;
    }

    private void events() throws IOException, InterruptedException {
      account.requested();
      HttpResponse<InputStream> answer =
          http.send(
              turn,
              "GET",
              session + "/events" + query,
              BodyPublishers.noBody(),
              BodyHandlers.ofInputStream());
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
        if (answer.statusCode() != 200) {
          failed("GET " + session + "/events was answered with HTTP " + answer.statusCode());
          return;
        }
        String data = null;
        boolean reply = true;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("data: ")) {
            data = (data == null ? "" : data + "\n") + line.substring("data: ".length());
          } else if (line.startsWith("event: ")) {
            reply = false;
          } else if (line.isEmpty() && data != null) {
            if (!reply) {
              failed("the server ended the events: " + data);
              return;
            }
            account.reply(0, data.getBytes(UTF_8));
            data = null;
          }
        }
        failed("the events ended");
      }
    }
  }
}
