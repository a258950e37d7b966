package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.deploymenttests.JdkConnection.End;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR with settings of its deployment. */
@ExtendWith(ArquillianExtension.class)
class SettingsIT {
  @ArquillianResource private URL url;

  @Deployment(testable = false)
  static WebArchive war() {
    WebArchive war = Wars.built("settings.war");
    Wars.with(war, "wsproof.form", "{message}: {random}");
    Wars.with(war, "wsproof.min", "7");
    Wars.with(war, "wsproof.max", "7");
    return Wars.with(war, "wsproof.max-message-bytes", "100");
  }

  @Test
  void contextParametersSetTheFormAndTheRange() throws Exception {
    try (JdkConnection connection = JdkConnection.open(Address.of(url).echo())) {
      assertThat(connection.exchange("hello")).isEqualTo("hello: 7");
    }
    assertThat(Handshake.with(Address.of(url).echo()).headers())
        .containsEntry("wsproof-reply", "{message}: {random:7-7}");
  }

  @Test
  void aContextParameterSetsTheLongestMessage() throws Exception {
    try (JdkConnection connection = JdkConnection.open(Address.of(url).echo())) {
      assertThat(connection.exchange("a".repeat(100))).isEqualTo("a".repeat(100) + ": 7");
      assertThat(connection.refusal("a".repeat(101)))
          .isEqualTo(new End(1009, "a message may have at most 100 bytes"));
    }
  }
}
