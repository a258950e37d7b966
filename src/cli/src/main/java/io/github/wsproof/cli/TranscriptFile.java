package io.github.wsproof.cli;

import io.github.wsproof.client.RunListener;
import io.github.wsproof.evidence.Transcript;
import java.io.IOException;

/** The transcript of a run in a file, if one was asked for. */
final class TranscriptFile implements AutoCloseable {
  private final OutputFile file;
  private Transcript transcript;

  private TranscriptFile(OutputFile file, Transcript transcript) {
    this.file = file;
    this.transcript = transcript;
  }

  /**
   * Begins one.
   *
   * @param file where it goes, or null for nowhere
   */
  static TranscriptFile into(OutputFile file) throws UnavailableException {
    try {
      return new TranscriptFile(file, file == null ? null : new Transcript(file.stream()));
    } catch (IOException e) {
      throw file.failed(e);
    }
  }

  RunListener listener() {
    return transcript == null ? RunListener.NONE : transcript;
  }

  /** The run is over: the file takes its place. */
  void finish() throws UnavailableException {
    if (transcript != null) {
      close();
      file.commit();
    }
  }

  @Override
  public void close() throws UnavailableException {
    if (transcript == null) {
      return;
    }
    Transcript ending = transcript;
    transcript = null;
    try {
      ending.close();
    } catch (IOException e) {
      throw file.failed(e);
    }
  }
}
