package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A probe that is one run.
 *
 * @param name what it looks for
 * @param plan makes the run of a plan with the target's address and options
 * @param right what is said if all came back, with the number of messages for %,d
 * @param usually settings that usually cause another outcome
 */
record RunProbe(
    String name, UnaryOperator<RunPlan.Builder> plan, String right, List<String> usually)
    implements Probe {

  @Override
  public Finding look(Target target) throws InterruptedException {
    Report report = target.run(plan.apply(target.plan()));
    if (Outcomes.passed(report)) {
      return new Finding(name, Finding.Outcome.OK, String.format(right, report.counts().sent()));
    }
    return new Finding(name, Outcomes.of(report), Outcomes.how(report)).usually(usually);
  }
}
