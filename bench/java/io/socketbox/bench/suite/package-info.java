/**
 * The whole-process benchmarks: real programs side by side in a network namespace of their own, compared by the ratio of
 * alternating runs. {@link io.socketbox.bench.suite.Suite} runs them; each section is a class.
 */
package io.socketbox.bench.suite;
