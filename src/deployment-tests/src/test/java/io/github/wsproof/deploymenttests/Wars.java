package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR that the build made. */
final class Wars {
  private static final String DESCRIPTOR = "WEB-INF/web.xml";
  private static final String DESCRIPTOR_END = "</web-app>";

  private Wars() {}

  /** As it was built, under a name of its own. */
  static WebArchive built(String name) {
    return ShrinkWrap.create(ZipImporter.class, name)
        .importFrom(new File(System.getProperty("war")))
        .as(WebArchive.class);
  }

  /** With a context parameter in its descriptor, as someone who deploys it sets one. */
  static WebArchive with(WebArchive war, String parameter, String value) {
    String descriptor = text(war.get(DESCRIPTOR).getAsset().openStream());
    int end = descriptor.lastIndexOf(DESCRIPTOR_END);
    if (end < 0) {
      throw new IllegalStateException(DESCRIPTOR + " must end in " + DESCRIPTOR_END);
    }
    String element =
        "<context-param><param-name>%s</param-name><param-value>%s</param-value></context-param>\n"
            .formatted(parameter, value);
    String changed = descriptor.substring(0, end) + element + descriptor.substring(end);
    war.delete(DESCRIPTOR);
    return war.add(new StringAsset(changed), DESCRIPTOR);
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
