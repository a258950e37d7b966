package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.ReplyForm;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** Request and response: each message is a request, and its reply the answer. */
final class RequestCarrier implements Carrier {
  private static final String DEFAULT_FORM = "{message} - {random}";

  private final Http http;

  RequestCarrier(Http http) {
    this.http = http;
  }

  @Override
  public String name() {
    return "request and response";
  }

  /**
   * With several in flight each is a client of its own, and a connection of its own to the ledger.
   */
  @Override
  public Outcome carry(Turn turn) throws InterruptedException {
    int clients = Math.min(turn.window(), turn.messages());
    Account account = new Account(turn, false);
    String missing = opened(turn, account, clients);
    if (missing != null) {
      return Outcome.missing(missing);
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int connection = i;
      int share = turn.messages() / clients + (i < turn.messages() % clients ? 1 : 0);
      Thread thread =
          new Thread(() -> run(turn, account, connection, share), "wsproof-requests-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return account.outcome();
  }

  /** Null, or why there is no such transport. */
  private String opened(Turn turn, Account account, int clients) throws InterruptedException {
    try {
      HttpResponse<byte[]> first = post(turn, "wsproof".getBytes(UTF_8));
      if (first.statusCode() != 200) {
        return Refused.sentence("POST", turn.plan().httpPath(), first);
      }
      String announced = first.headers().firstValue(ReplyForm.ANNOUNCEMENT_HEADER).orElse(null);
      if (announced == null && !new String(first.body(), UTF_8).contains("wsproof")) {
        return "POST " + turn.plan().httpPath() + " was answered, but not with the message";
      }
      String form = turn.plan().expect() == null ? announced : turn.plan().expect();
      for (int i = 0; i < clients; i++) {
        account.opened(i, ReplyForm.parse(form == null ? DEFAULT_FORM : form), false);
      }
      return null;
    } catch (IOException e) {
      return "POST " + turn.plan().httpPath() + " failed: " + Refused.why(e);
    }
  }

  private HttpResponse<byte[]> post(Turn turn, byte[] message)
      throws IOException, InterruptedException {
    return http.send(
        turn,
        "POST",
        turn.plan().httpPath() + turn.plan().query(),
        BodyPublishers.ofByteArray(message),
        BodyHandlers.ofByteArray());
  }

  private void run(Turn turn, Account account, int connection, int share) {
    try {
      for (int i = 0; i < share; i++) {
        byte[] message = account.send(connection, System.nanoTime());
        account.requested();
        HttpResponse<byte[]> answer = post(turn, message);
        if (answer.statusCode() != 200) {
          account.failed(connection, Refused.sentence("POST", turn.plan().httpPath(), answer));
          return;
        }
        account.reply(connection, answer.body());
      }
    } catch (IOException e) {
      account.failed(connection, "a request failed: " + Refused.why(e));
    } catch (InterruptedException e) {
      account.failed(connection, "it was interrupted");
    }
  }
}
