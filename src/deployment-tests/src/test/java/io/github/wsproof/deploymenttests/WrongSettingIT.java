package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR with a setting that makes no sense. */
@ExtendWith(ArquillianExtension.class)
class WrongSettingIT {
  @ArquillianResource private Deployer deployer;

  @Deployment(name = "wrong", managed = false, testable = false)
  static WebArchive war() {
    return Wars.with(Wars.built("wrong.war"), "wsproof.min", "abc");
  }

  @Test
  void aWrongSettingStopsTheDeployment() {
    assertThatThrownBy(() -> deployer.deploy("wrong"))
        .hasStackTraceContaining("min must be a whole number: min=abc");
  }
}
