package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/**
 * A server without WebSocket, which answers requests and short polls, and lies as it is told to.
 */
final class PlainServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<String>> sessions = new ConcurrentHashMap<>();

  /**
   * @param replies to a message, its number on its session or in all
   */
  PlainServer(boolean withSessions, BiFunction<String, Integer, List<String>> replies)
      throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 100);
    http.setExecutor(threads);
    List<String> requests = new ArrayList<>();
    http.createContext(
        "/echo",
        exchange -> {
          String message = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          String path = exchange.getRequestURI().getPath();
          String method = exchange.getRequestMethod();
          if (path.equals("/echo") && method.equals("POST")) {
            synchronized (requests) {
              requests.add(message);
              answer(exchange, 200, replies.apply(message, requests.size()).get(0));
            }
          } else if (!withSessions || path.equals("/echo")) {
            answer(exchange, 404, "there is nothing here");
          } else {
            session(exchange, path, method, message, replies);
          }
        });
    http.start();
  }

  private void session(
      HttpExchange exchange,
      String path,
      String method,
      String message,
      BiFunction<String, Integer, List<String>> replies)
      throws IOException {
    if (path.equals("/echo/sessions")) {
      String id = "s" + sessions.size();
      sessions.put(path + "/" + id, new ArrayList<>());
      answer(exchange, 201, "{\"session\":\"" + id + "\",\"form\":\"{message} - {random}\"}");
      return;
    }
    List<String> all = sessions.get(path);
    if (all == null) {
      answer(exchange, 404, "there are no events here");
      return;
    }
    synchronized (all) {
      if (method.equals("POST")) {
        all.addAll(replies.apply(message, all.size() + 1));
        answer(exchange, 202, "");
      } else if (method.equals("GET")) {
        int from =
            Integer.parseInt(exchange.getRequestURI().getQuery().replaceAll("from=|&.*", ""));
        String list = String.join("\",\"", all.subList(from, all.size()));
        answer(
            exchange,
            200,
            String.format(
                "{\"next\":%d,\"replies\":[%s]}",
                all.size(), list.isEmpty() ? "" : '"' + list + '"'));
      } else {
        answer(exchange, 204, "");
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, status == 204 || bytes.length == 0 ? -1 : bytes.length);
    if (status != 204) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  String url() {
    return "ws://127.0.0.1:" + http.getAddress().getPort() + "/echo";
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
