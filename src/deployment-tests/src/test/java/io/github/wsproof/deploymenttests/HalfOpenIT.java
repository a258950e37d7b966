package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send half of a handshake and stop, and what Tomcat must be told to bear them. */
@EnabledIfSystemProperty(named = "arquillian.launch", matches = "tomcat.*")
class HalfOpenIT {
  private static final int HALF_OPEN = Integer.getInteger("wsproof.half-open", 1_000);

  private final List<SocketChannel> halfOpen = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (SocketChannel channel : halfOpen) {
      channel.close();
    }
  }

  /** More connections than it gets: nobody waits for anybody. */
  @Test
  void whereTomcatMayHaveMoreConnectionsNobodyNoticesThem(@TempDir Path base) throws Exception {
    String connector =
        "maxConnections=\"%d\" acceptCount=\"1000\" connectionTimeout=\"600000\""
            .formatted(HALF_OPEN + 1_000);
    try (OperatedTomcat tomcat = OperatedTomcat.start(base, connector, "")) {
      URI echo = tomcat.address().echo();
      openHalf(echo, HALF_OPEN);

      assertThat(verify(echo).verdict()).isEqualTo(Verdict.PASS);
      for (SocketChannel channel : halfOpen) {
        channel.configureBlocking(false);
        assertThat(channel.read(ByteBuffer.allocate(1))).as("still half open").isZero();
      }
    }
  }

  /** Those that are connected go on; one that comes waits for the timeout of those before it. */
  @Test
  void whereTheyAreAllThatTomcatMayHaveANewClientWaitsForTheirTimeout(@TempDir Path base)
      throws Exception {
    String connector = "maxConnections=\"50\" connectionTimeout=\"1000\"";
    try (OperatedTomcat tomcat = OperatedTomcat.start(base, connector, "")) {
      URI echo = tomcat.address().echo();
      try (JdkConnection before = JdkConnection.open(echo)) {
        openHalf(echo, 70);

        assertThat(before.exchange("hello")).startsWith("hello - ");
        assertThat(verify(echo).verdict()).isEqualTo(Verdict.PASS);
        assertThat(before.exchange("hello")).startsWith("hello - ");
        for (SocketChannel channel : halfOpen) {
          assertThat(ended(channel)).as("given up").isTrue();
        }
      }
    }
  }

  private void openHalf(URI uri, int count) throws IOException {
    byte[] request = Handshake.request(uri).getBytes(US_ASCII);
    byte[] half = Arrays.copyOf(request, request.length / 2);
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
      halfOpen.add(channel);
      channel.write(ByteBuffer.wrap(half));
    }
  }

  private static Report verify(URI uri) throws Exception {
    ExecutorService honest = Executors.newSingleThreadExecutor();
    try {
      Future<Report> report =
          honest.submit(
              () -> RunPlan.to(uri.toString()).messages(2_000).connections(4).build().run());
      return report.get(120, TimeUnit.SECONDS);
    } finally {
      honest.shutdownNow();
    }
  }

  private static boolean ended(SocketChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    channel.socket().setSoTimeout(60_000);
    while (channel.socket().getInputStream().read(buffer.array()) >= 0) {
      // What it says of a timeout is its affair.
    }
    return true;
  }
}
