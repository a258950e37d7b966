package io.github.wsproof.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Whether this process may open as many connections as it is asked to. */
final class FileDescriptors {
  /** For the class path, the selector, the report files. */
  private static final long SPARE = 64;

  private FileDescriptors() {}

  /**
   * Checks before the first connection.
   *
   * @param each file descriptors a connection needs: 2 where its server is in this process
   * @throws UnavailableException if the limit is too low
   */
  static void check(int connections, int each) throws UnavailableException {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return;
    }
    long needed = unix.getOpenFileDescriptorCount() + SPARE + (long) connections * each;
    if (needed > unix.getMaxFileDescriptorCount()) {
      throw new UnavailableException(
          String.format(
              "--connections %,d needs about %,d file descriptors, and this process may have %,d:"
                  + " raise the limit with 'ulimit -n %d' in this shell, or as root in"
                  + " /etc/security/limits.conf (nofile)",
              connections, needed, unix.getMaxFileDescriptorCount(), needed),
          null);
    }
  }
}
