package io.github.wsproof.relay;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Decides which messages suffer which fault. Thread-safe. */
public interface FaultPlan {
  /** Spreads neighbouring numbers over all seeds (Steele, Lea and Flood, OOPSLA 2014). */
  long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** Passes everything on. */
  FaultPlan NONE = (connection, leg, index) -> null;

  /**
   * The fault of a message.
   *
   * @param connection the connection's number, from 0 in the order of accepting
   * @param leg which way it goes
   * @param index its number on that leg of that connection, from 0
   * @return the fault, or null
   */
  Fault at(int connection, Leg leg, long index);

  /**
   * A share of messages suffers faults, by chance.
   *
   * @param rates for each leg, the probability of each fault, 0..1
   * @param seed the same seed and the same traffic give the same faults
   */
  static FaultPlan byRate(Map<Leg, Map<Fault, Double>> rates, long seed) {
    return (connection, leg, index) -> {
      long place = 31L * connection + leg.ordinal() + GOLDEN_GAMMA * index;
      double draw = new SplittableRandom(seed ^ place).nextDouble();
      for (Map.Entry<Fault, Double> rate : rates.getOrDefault(leg, Map.of()).entrySet()) {
        draw -= rate.getValue();
        if (draw < 0) {
          return rate.getKey();
        }
      }
      return null;
    };
  }

  /** A plan of exact faults, made in advance. Not thread-safe until it is built. */
  final class Schedule {
    private record Position(int connection, Leg leg, long index) {}

    private final Map<Position, Fault> faults = new HashMap<>();
    private final SplittableRandom random;

    /** An empty schedule. */
    public Schedule(long seed) {
      random = new SplittableRandom(seed);
    }

    /**
     * Adds faults at chosen places, none next to another.
     *
     * @param count how many
     * @param from the first index, included
     * @param to the last index, excluded; there must be room for 8 messages a fault
     */
    public Schedule add(Fault fault, int count, int connection, Leg leg, long from, long to) {
      long room = (to - from) / count;
      if (room < 8) {
        throw new IllegalArgumentException(
            "must have room for 8 messages a fault: count=" + count + ", room=" + room);
      }
      for (int i = 0; i < count; i++) {
        long index = from + i * room + random.nextLong(room - 4);
        faults.put(new Position(connection, leg, index), fault);
      }
      return this;
    }

    /** How many faults of a kind are planned on a leg. */
    public long planned(Fault fault, Leg leg) {
      return faults.entrySet().stream()
          .filter(entry -> entry.getValue() == fault && entry.getKey().leg == leg)
          .count();
    }

    /** The plan. */
    public FaultPlan build() {
      Map<Position, Fault> copy = Map.copyOf(faults);
      return (connection, leg, index) -> copy.get(new Position(connection, leg, index));
    }
  }

  /**
   * Reads {@code drop:0.001}, {@code flip:0.01@inbound}: a fault, its probability and, where only
   * one is meant, its leg.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static FaultPlan parse(List<String> faults, long seed) {
    Map<Leg, Map<Fault, Double>> rates = new EnumMap<>(Leg.class);
    for (String text : faults) {
      FaultText fault = FaultText.parse(text);
      for (Leg leg : fault.legs()) {
        rates
            .computeIfAbsent(leg, l -> new EnumMap<>(Fault.class))
            .merge(fault.fault(), fault.rate(), Double::sum);
      }
    }
    List<String> over = new ArrayList<>();
    rates.forEach(
        (leg, map) -> {
          double sum = map.values().stream().mapToDouble(Double::doubleValue).sum();
          if (sum > 1) {
            over.add(leg.name().toLowerCase(java.util.Locale.ROOT) + "=" + sum);
          }
        });
    if (!over.isEmpty()) {
      throw new IllegalArgumentException("the rates of a leg must add up to at most 1: " + over);
    }
    return byRate(rates, seed);
  }
}
