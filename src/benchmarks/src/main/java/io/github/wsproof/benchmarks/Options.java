package io.github.wsproof.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What to measure.
 *
 * @param jar wsproof.jar
 * @param peers the folder of the peers that are not Java
 * @param rounds how often each client does each work, 1 or more
 * @param seconds about how long a client is at work in a round
 * @param works which works
 * @param clients names of clients, or what stands before the comma in them; empty for all
 * @param profile whether the client's loop is profiled
 * @param many whether 10,000 connections are opened
 * @param longMessages messages of the long run, or 0 for none
 */
record Options(
    Path jar,
    Path peers,
    int rounds,
    double seconds,
    Set<Work> works,
    List<String> clients,
    boolean profile,
    boolean many,
    long longMessages) {
  static final String USAGE =
      """
      usage: side-by-side [--rounds 5] [--seconds 3] [--only WORK,…] [--clients NAME,…]
        NAME: a client's name in the tables, up to its comma
        WORK: %s,
              profile (where the client spends its time), many (10,000 connections), long (100 million messages; takes minutes, only on request)
      """;

  Options {
    if (rounds < 1) {
      throw new IllegalArgumentException("must be >= 1: rounds=" + rounds);
    }
  }

  static Options parse(String[] args) {
    int rounds = 5;
    double seconds = 3;
    List<String> only = new ArrayList<>(List.of("profile", "many"));
    for (Work work : Work.values()) {
      only.add(name(work));
    }
    List<String> clients = List.of();
    for (int i = 2; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--only" -> only = new ArrayList<>(List.of(value.split(",")));
        case "--clients" -> clients = List.of(value.split(","));
        default -> throw new IllegalArgumentException("unknown: " + args[i]);
      }
    }
    return new Options(
        Path.of(args[0]),
        Path.of(args[1]),
        rounds,
        seconds,
        works(only),
        clients,
        only.remove("profile"),
        only.remove("many"),
        only.remove("long") ? 100_000_000 : 0);
  }

  private static Set<Work> works(List<String> names) {
    Set<Work> works = EnumSet.noneOf(Work.class);
    for (Work work : Work.values()) {
      if (names.remove(name(work))) {
        works.add(work);
      }
    }
    return works;
  }

  /** The name of a work on the command line. */
  static String name(Work work) {
    return work.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
