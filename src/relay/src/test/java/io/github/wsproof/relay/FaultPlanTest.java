package io.github.wsproof.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private static final int MESSAGES = 100_000;

  private static long count(FaultPlan plan, int connection, Leg leg, Fault fault) {
    return LongStream.range(0, MESSAGES).filter(i -> plan.at(connection, leg, i) == fault).count();
  }

  @Test
  void aRateIsKeptOnItsLegAndOnNoOther() {
    FaultPlan plan = FaultPlan.parse(List.of("drop:0.01@inbound", "flip:0.02@inbound"), 7);

    assertThat(count(plan, 0, Leg.INBOUND, Fault.DROP)).isBetween(850L, 1150L);
    assertThat(count(plan, 3, Leg.INBOUND, Fault.FLIP)).isBetween(1750L, 2250L);
    assertThat(count(plan, 0, Leg.OUTBOUND, null)).isEqualTo(MESSAGES);
  }

  @Test
  void theSameSeedGivesTheSameFaults() {
    List<String> faults = List.of("swap:0.1");
    FaultPlan one = FaultPlan.parse(faults, 7);
    FaultPlan same = FaultPlan.parse(faults, 7);
    FaultPlan other = FaultPlan.parse(faults, 8);

    List<Long> places = places(one);
    assertThat(places).isNotEmpty().isEqualTo(places(same)).isNotEqualTo(places(other));
  }

  private static List<Long> places(FaultPlan plan) {
    return LongStream.range(0, 1000)
        .filter(i -> plan.at(1, Leg.OUTBOUND, i) != null)
        .boxed()
        .toList();
  }

  @Test
  void aScheduleHasItsExactNumberAndNoneBesideAnother() {
    FaultPlan.Schedule schedule = new FaultPlan.Schedule(3);
    FaultPlan plan = schedule.add(Fault.MERGE, 10, 0, Leg.INBOUND, 100, 300).build();

    List<Long> places =
        LongStream.range(0, 1000)
            .filter(i -> plan.at(0, Leg.INBOUND, i) == Fault.MERGE)
            .boxed()
            .toList();
    assertThat(places).hasSize(10).allMatch(place -> place >= 100 && place < 300);
    for (int i = 1; i < places.size(); i++) {
      assertThat(places.get(i) - places.get(i - 1)).isGreaterThanOrEqualTo(4);
    }
    assertThat(schedule.planned(Fault.MERGE, Leg.INBOUND)).isEqualTo(10);
  }

  @Test
  void aScheduleWithoutRoomIsRefused() {
    assertThatThrownBy(() -> new FaultPlan.Schedule(3).add(Fault.DROP, 10, 0, Leg.INBOUND, 0, 50))
        .hasMessage("must have room for 8 messages a fault: count=10, room=5");
  }
}
