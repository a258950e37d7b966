/**
 * Verifies a WebSocket path: plans, runs and reports. The library behind the command line.
 *
 * <pre>{@code
 * Report report = RunPlan.to("ws://localhost:8080/echo").messages(10_000).build().run();
 * assertThat(report.verdict()).isEqualTo(Verdict.PASS);
 * }</pre>
 */
package io.github.wsproof.client;
