package io.github.wsproof.relay;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A fault as it is written: {@code drop:0.001@inbound}. */
record FaultText(Fault fault, double rate, List<Leg> legs) {
  private static final Pattern TEXT = Pattern.compile("([a-z]+):([0-9.]+)(?:@([a-z]+))?");

  static FaultText parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be FAULT:RATE or FAULT:RATE@LEG, such as drop:0.001@inbound: " + text);
    }
    return new FaultText(
        fault(matcher.group(1)), rate(matcher.group(2), text), legs(matcher.group(3), text));
  }

  private static Fault fault(String name) {
    for (Fault fault : Fault.values()) {
      if (lower(fault).equals(name)) {
        return fault;
      }
    }
    throw new IllegalArgumentException(
        "must be one of "
            + String.join(", ", Arrays.stream(Fault.values()).map(FaultText::lower).toList())
            + ": "
            + name);
  }

  private static double rate(String number, String text) {
    try {
      double rate = Double.parseDouble(number);
      if (rate >= 0 && rate <= 1) {
        return rate;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must have a rate of 0..1: " + text, e);
    }
    throw new IllegalArgumentException("must have a rate of 0..1: " + text);
  }

  private static List<Leg> legs(String name, String text) {
    if (name == null) {
      return List.of(Leg.values());
    }
    for (Leg leg : Leg.values()) {
      if (lower(leg).equals(name)) {
        return List.of(leg);
      }
    }
    throw new IllegalArgumentException("must end with @outbound or @inbound: " + text);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
