package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run wrote is judged, added up and compared by its commands. */
@Timeout(60)
class EvidenceCommandsTest {
  @TempDir private Path folder;
  private String out;
  private String err;

  private int wsproof(Object... args) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(outBytes, true, UTF_8),
            new PrintStream(errBytes, true, UTF_8),
            java.util.Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    out = outBytes.toString(UTF_8);
    err = errBytes.toString(UTF_8);
    return code;
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path run(String name) {
    assertThat(wsproof("verify", "-n", 200, "--json", file(name), "-q")).isEqualTo(Exit.PASS);
    return file(name);
  }

  @Test
  void aTranscriptIsJudgedToTheSameReport() throws Exception {
    Path transcript = file("run.jsonl");
    assertThat(wsproof("verify", "-n", 300, "-c", 3, "--transcript", transcript)).isZero();
    String account = out;

    assertThat(wsproof("audit", transcript, "--html", file("run.html"))).isEqualTo(Exit.PASS);

    // A busy machine's "client-limited" is the run's to tell.
    assertThat(account).startsWith(out.stripTrailing());
    assertThat(Files.readString(file("run.html"))).contains("<h1>PASS</h1>");
  }

  @Test
  void theWorstFileWins() throws Exception {
    Files.write(file("good.log"), List.of("got 0", "got 1", "got 2"));
    Files.write(file("bad.log"), List.of("got 0", "got 2", "got 2"));

    assertThat(wsproof("audit", file("good.log"), file("bad.log"), "--line", "got {sequence}"))
        .isEqualTo(Exit.FAIL);

    assertThat(out)
        .contains("good.log:", "PASS  3 sent", "bad.log:", "missing: 1", "FAIL  3 sent")
        .contains("2 delivered · 1 lost · 1 duplicated");
    assertThat(wsproof("audit", file("good.log"))).isEqualTo(Exit.INCONCLUSIVE);
    assertThat(out).contains("give --line 'PATTERN' if this is a log");
  }

  @Test
  void aFileThatCannotBeReadExits69() {
    assertThat(wsproof("audit", file("none"))).isEqualTo(Exit.UNAVAILABLE);
    assertThat(err).isEqualTo("wsproof: cannot read " + file("none") + ": it does not exist\n");
    assertThat(wsproof("audit", folder)).isEqualTo(Exit.UNAVAILABLE);
    assertThat(err).contains("it is a folder");
    assertThat(wsproof("merge", file("none"))).isEqualTo(Exit.UNAVAILABLE);
    assertThat(wsproof("compare", file("none"), file("none"))).isEqualTo(Exit.UNAVAILABLE);
  }

  @Test
  void badPatternsAreBadUsage() {
    assertThat(wsproof("audit", "x", "--line", "{any}")).isEqualTo(Exit.USAGE);
    assertThat(err).contains("must contain {sequence} exactly once");
    assertThat(wsproof("audit", "x", "--sent-line", "{sequence}")).isEqualTo(Exit.USAGE);
    assertThat(err).contains("need --line");
    assertThat(wsproof("audit")).isEqualTo(Exit.USAGE);
  }

  @Test
  void reportsAreAddedUpAndTheSumIsAReport() throws Exception {
    Path a = run("a.json");
    Path b = run("b.json");

    assertThat(wsproof("merge", a, b, "--json", file("ab.json"))).isEqualTo(Exit.PASS);

    assertThat(out).startsWith("PASS  400 sent · 400 delivered");
    assertThat(wsproof("merge", file("ab.json"), run("c.json"))).isEqualTo(Exit.PASS);
    assertThat(out).startsWith("PASS  600 sent");
    assertThat(wsproof("merge", file("ab.json"), a)).isEqualTo(Exit.USAGE);
    assertThat(err).contains("ab.json and in " + a);
    assertThat(wsproof("compare", a, file("ab.json"))).isEqualTo(Exit.PASS);
    assertThat(out).contains("the plans differ: connections 1 in A, 2 in B");
  }

  @Test
  void whatIsNoReportIsRefusedByName() throws Exception {
    Path other = Files.writeString(file("other.json"), "{\"a\":1}");

    assertThat(wsproof("merge", run("a.json"), other)).isEqualTo(Exit.UNAVAILABLE);

    assertThat(err).contains(other + " is no report of wsproof").hasLineCount(1);
  }

  @Test
  void aLinkStaysAndADeviceIsNotReplaced() throws Exception {
    Path real = Files.writeString(file("real.json"), "old");
    Path link = Files.createSymbolicLink(file("link.json"), real);

    assertThat(wsproof("verify", "-n", 5, "--json", link, "--html", "/dev/null")).isZero();

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(real)).contains("\"delivered\" : 5");
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void aTranscriptThatCannotBeWrittenToTheEndIsTold() {
    assertThat(wsproof("verify", "-n", 2000, "--transcript", "/dev/full"))
        .isEqualTo(Exit.UNAVAILABLE);

    assertThat(out).startsWith("PASS  2,000 sent");
    assertThat(err).contains("cannot write --transcript /dev/full: No space left on device");
  }

  @Test
  void theFilesMayBeReadByOthers() throws Exception {
    Path plain = Files.writeString(file("plain"), "");

    assertThat(Files.getPosixFilePermissions(run("a.json")))
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }
}
