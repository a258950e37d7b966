package io.github.wsproof.deploymenttests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The tables of {@code docs/compatibility.md}: a row for each container, a cell for each thing that
 * was measured on it, between two comments. A cell is written as soon as it is known, and only
 * where the system property {@code wsproof.compatibility.write} is set.
 */
final class CompatibilityPage {
  private static final Path PAGE = Path.of("../../docs/compatibility.md");
  private static final String CONTAINER = "container";
  private static final String VERSION = "version";
  private static final String DATE = "measured";

  private enum Table {
    MEASURED,
    LOSSES;

    private String comment(String part) {
      return "<!-- " + name().toLowerCase() + ": " + part + " -->";
    }

    private List<String> headings() {
      List<String> headings = new ArrayList<>(List.of(CONTAINER, VERSION));
      Arrays.stream(Column.values())
          .filter(column -> column.table == this)
          .forEach(column -> headings.add(column.heading));
      headings.add(DATE);
      return headings;
    }
  }

  /** What is measured, in the order of its table. */
  enum Column {
    ONE_AT_A_TIME(Table.MEASURED, "10,000 one at a time"),
    PIPELINED(Table.MEASURED, "10,000 with 256 in flight"),
    RATE(Table.MEASURED, "messages/s"),
    SIZE_LIMIT(Table.MEASURED, "size limit"),
    IDLE_LIMIT(Table.MEASURED, "idle limit"),
    DEFLATE(Table.MEASURED, "deflate"),
    SLOW_READER(Table.MEASURED, "slow reader"),
    GRACEFUL_STOP(Table.MEASURED, "graceful stop"),
    ASYNC(Table.LOSSES, "asynchronous, without waiting"),
    POOL(Table.LOSSES, "pool without a lock"),
    BATCH(Table.LOSSES, "batching without a flush"),
    BARE(Table.LOSSES, "returns its argument");

    private final Table table;
    private final String heading;

    Column(Table table, String heading) {
      this.table = table;
      this.heading = heading;
    }
  }

  private CompatibilityPage() {}

  /** Puts what was measured on the container that is tested into its cell. */
  static void put(Column column, String value) {
    if (System.getProperty("wsproof.compatibility.write") == null) {
      return;
    }
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(PAGE));
      int begin = lines.indexOf(column.table.comment("begin"));
      int end = lines.indexOf(column.table.comment("end"));
      if (begin < 0 || end < begin) {
        throw new IllegalStateException(PAGE + " must have the comments of " + column.table);
      }
      List<String> table = lines.subList(begin + 1, end);
      List<String> changed = changed(table, column, value);
      table.clear();
      lines.addAll(begin + 1, changed);
      Files.write(PAGE, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> changed(List<String> table, Column column, String value) {
    List<String> headings = column.table.headings();
    String container = '`' + System.getProperty("arquillian.launch") + '`';
    List<String> rows = new ArrayList<>(table.stream().filter(row -> row.contains("`")).toList());
    int index = 0;
    while (index < rows.size() && !cells(rows.get(index)).get(0).equals(container)) {
      index++;
    }
    List<String> cells =
        index < rows.size()
            ? cells(rows.remove(index))
            : new ArrayList<>(Collections.nCopies(headings.size(), "–"));
    cells.set(headings.indexOf(CONTAINER), container);
    cells.set(headings.indexOf(VERSION), System.getProperty("container.version"));
    cells.set(headings.indexOf(DATE), LocalDate.now(ZoneOffset.UTC).toString());
    cells.set(headings.indexOf(column.heading), value);
    rows.add(index, row(cells));
    rows.add(0, row(headings));
    rows.add(1, "|---".repeat(headings.size()) + '|');
    return rows;
  }

  private static List<String> cells(String row) {
    return new ArrayList<>(Arrays.asList(row.substring(2, row.length() - 2).split(" \\| ")));
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
