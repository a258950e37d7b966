package io.github.wsproof.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;

/**
 * A file that is written whole or not at all: into a temporary file of the same folder, which takes
 * its place at the end.
 */
final class OutputFile implements AutoCloseable {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private final String option;
  private final Path target;
  private final Path temporary;
  private final PrintStream out;

  private OutputFile(String option, Path target, Path temporary, PrintStream out) {
    this.option = option;
    this.target = target;
    this.temporary = temporary;
    this.out = out;
  }

  /**
   * Prepares a file.
   *
   * @param option the one that names it, such as {@code --json}
   * @param target the file, {@code -} for standard output, or null: then nothing is written
   * @throws UnavailableException if it cannot be written
   */
  static OutputFile of(String option, Path target, PrintStream out) throws UnavailableException {
    if (target == null || isStandardOutput(target)) {
      return new OutputFile(option, target, null, out);
    }
    Path folder = target.toAbsolutePath().getParent();
    String reason = reasonAgainst(target, folder);
    if (reason != null) {
      throw unwritable(option, target, reason, null);
    }
    if (isDevice(target)) {
      return new OutputFile(option, target, null, out);
    }
    try {
      if (Files.exists(target)) {
        // A link stays, and what it leads to is written.
        Path real = target.toRealPath();
        return of(option, real, create(real.getParent()), out);
      }
      return of(option, target, create(folder), out);
    } catch (IOException e) {
      throw unwritable(option, target, reason(e, folder), e);
    }
  }

  private static OutputFile of(String option, Path target, Path temporary, PrintStream out) {
    temporary.toFile().deleteOnExit();
    return new OutputFile(option, target, temporary, out);
  }

  /** Not createTempFile: that makes files which only their owner may read. */
  private static Path create(Path folder) throws IOException {
    return Files.createFile(folder.resolve(".wsproof-" + UUID.randomUUID() + ".tmp"));
  }

  /** Such as /dev/null or a pipe: it is written as it is, never replaced. */
  private static boolean isDevice(Path target) {
    return Files.exists(target) && !Files.isRegularFile(target);
  }

  /**
   * Whether it is standard output.
   *
   * @param target a file, {@code -}, or null for none
   */
  static boolean isStandardOutput(Path target) {
    return STANDARD_OUTPUT.equals(target);
  }

  private static String reasonAgainst(Path target, Path folder) {
    if (Files.isDirectory(target)) {
      return "it is a folder";
    }
    if (folder == null || !Files.exists(folder)) {
      return "the folder " + folder + " does not exist";
    }
    if (!Files.isDirectory(folder)) {
      return folder + " is no folder";
    }
    return Files.exists(target) && !Files.isWritable(target) ? "it may not be written" : null;
  }

  private static String reason(IOException e, Path folder) {
    if (e instanceof AccessDeniedException) {
      return "the folder " + folder + " may not be written";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static UnavailableException unwritable(
      String option, Path target, String reason, Exception cause) {
    String sentence = "cannot write " + option + " " + target + ": " + reason;
    return new UnavailableException(
        sentence
            + "; name a file in a folder that exists and may be"
            + " written, or - for standard output",
        cause);
  }

  /** Writes a part of a file. */
  interface Content {
    void writeTo(OutputStream stream) throws IOException, XMLStreamException;
  }

  /** Writes it, if it is asked for, and puts it in its place. */
  void write(Content content) throws UnavailableException {
    if (target == null) {
      return;
    }
    try (OutputStream stream = stream()) {
      content.writeTo(stream);
    } catch (IOException | XMLStreamException e) {
      throw failed(e);
    }
    commit();
  }

  /** Where it is written to, unbuffered; to be closed before {@link #commit}. */
  OutputStream stream() throws IOException {
    if (isStandardOutput(target)) {
      return new Unclosed(out);
    }
    return temporary == null
        ? Files.newOutputStream(target, StandardOpenOption.WRITE)
        : Files.newOutputStream(temporary, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** It is whole: it takes its place. */
  void commit() throws UnavailableException {
    if (temporary == null) {
      return;
    }
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  UnavailableException failed(Exception e) {
    String reason =
        e instanceof IOException io
            ? reason(io, target.toAbsolutePath().getParent())
            : e.toString();
    return new UnavailableException("cannot write " + option + " " + target + ": " + reason, e);
  }

  /** Leaves nothing behind that was not put in its place. */
  @Override
  public void close() {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // It is deleted on exit; nothing more can be done about it here.
      return;
    }
  }

  /** Standard output, which stays open. */
  private static final class Unclosed extends OutputStream {
    private final PrintStream out;

    Unclosed(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      check();
    }

    @Override
    public void close() throws IOException {
      out.flush();
      check();
    }

    private void check() throws IOException {
      if (out.checkError()) {
        throw new IOException("standard output is closed");
      }
    }
  }
}
