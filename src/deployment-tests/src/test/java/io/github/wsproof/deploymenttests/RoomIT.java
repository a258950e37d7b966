package io.github.wsproof.deploymenttests;

import static io.github.wsproof.deploymenttests.Refused.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.deploymenttests.JdkConnection.End;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rooms of the WAR, from outside. */
@ExtendWith(ArquillianExtension.class)
class RoomIT {
  private static final int MESSAGES = 2_000;

  @ArquillianResource private URL url;
  private Address address;

  @Deployment(testable = false)
  static WebArchive war() {
    return Wars.with(Wars.built("rooms.war"), "wsproof.admin-token", "12345678");
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
  }

  private URI room(String nameAndQuery) {
    return URI.create(address.echo().toString().replaceFirst("echo$", "rooms/" + nameAndQuery));
  }

  private JdkConnection join(String nameAndQuery) throws InterruptedException {
    JdkConnection member = JdkConnection.open(room(nameAndQuery));
    assertThat(member.reply().text()).startsWith("{\"event\":\"welcome\",");
    return member;
  }

  private String status(String path, String... headers) throws IOException {
    return Handshake.with(room(path), headers).status().split(" ")[1];
  }

  @Test
  void everyMemberGetsEveryMessageOnceAndInOneOrder() throws Exception {
    List<JdkConnection> members = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      members.add(join("a?from=0&member=m" + i));
    }
    List<CompletableFuture<Void>> publishing = new ArrayList<>();
    for (JdkConnection publisher : members.subList(0, 2)) {
      publishing.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < MESSAGES; n++) {
                  publisher.sendText("message " + n);
                }
              }));
    }
    List<String> first = new ArrayList<>();
    for (int sequence = 0; sequence < members.size() + 2 * MESSAGES; sequence++) {
      first.add(members.get(0).reply().text());
      assertThat(first.get(sequence)).startsWith("{\"seq\":" + sequence + ",");
    }
    publishing.forEach(CompletableFuture::join);
    for (int i = 0; i < 2; i++) {
      Pattern mine = Pattern.compile(".*\"member\":\"m" + i + "\",\"n\":(\\d+),.*");
      int n = 0;
      for (String message : first) {
        if (mine.matcher(message).matches()) {
          assertThat(message).contains("\"n\":" + ++n + ",\"text\":\"message " + (n - 1) + '"');
        }
      }
      assertThat(n).isEqualTo(MESSAGES);
    }
    for (JdkConnection member : members.subList(1, members.size())) {
      for (String message : first) {
        assertThat(member.reply().text()).isEqualTo(message);
      }
    }
    for (JdkConnection member : members) {
      member.sendBinary(new byte[1]);
      assertThat(member.end()).isEqualTo(new End(1003, "a room takes text messages only"));
    }
  }

  @Test
  void oneThatWasAwayGoesOnAndNobodyBeginsInTheFuture() throws Exception {
    try (JdkConnection ann = join("b?member=ann")) {
      assertThat(ann.reply().text()).contains("\"join\"");
      assertThat(ann.exchange("one")).contains("\"seq\":1,");
      assertThat(ann.exchange("two")).contains("\"seq\":2,");
      try (JdkConnection late = JdkConnection.open(room("b?from=9"))) {
        assertThat(late.end())
            .isEqualTo(new End(1008, "from must be at most 3, the next message: from=9"));
      }
      JdkConnection bob = join("b?member=bob&from=2");
      assertThat(bob.reply().text()).contains("\"text\":\"two\"");
      assertThat(bob.reply().text()).contains("\"join\",\"member\":\"bob\"");
      assertThat(ann.reply().text()).contains("\"join\",\"member\":\"bob\"");
      bob.close();
      assertThat(ann.reply().text()).contains("\"leave\",\"member\":\"bob\"");
    }
  }

  @Test
  void aWrongNameIsRefusedAndANamespaceIsForItsRole() throws Exception {
    assertRefused(room("a%20b"), 400, 1008);
    assertRefused(room("x".repeat(65)), 400, 1008);
    assertThat(status("x".repeat(64))).isEqualTo("101");
    assertRefused(room("admin/x"), 403, 1008);
    assertRefused(room("admin/x"), 403, 1008, "Authorization", "Bearer 87654321");
    assertThat(status("admin/x", "Authorization: Bearer 12345678")).isEqualTo("101");
  }
}
