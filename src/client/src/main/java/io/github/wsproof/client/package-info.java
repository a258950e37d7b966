/**
 * Verifies a WebSocket path: plans, runs and reports. The library behind the command line.
 *
 * <p>A test of your application needs its address:
 *
 * <pre>{@code
 * @Test
 * void everyMessageIsAnsweredOnceInOrderAndIntact() throws Exception {
 *   Report report = RunPlan.to("ws://localhost:8080/echo").messages(10_000).build().run();
 *   assertThat(report.verdict()).as(() -> Reports.toJson(report)).isEqualTo(Verdict.PASS);
 * }
 * }</pre>
 *
 * <p>The endpoint has to answer each message with that message and, by default, {@code " - "} and a
 * number; {@link io.github.wsproof.client.RunPlan.Builder#expect} says otherwise, such as {@code
 * "{message}"} for a plain echo. A {@link io.github.wsproof.client.RunListener} is told every event
 * as it happens, {@link io.github.wsproof.client.Reports} writes a report as JSON and reads it
 * back.
 */
package io.github.wsproof.client;
