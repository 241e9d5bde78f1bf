package io.k8saws.testkit.fault;

import java.util.function.Predicate;

/**
 * One line of a {@link Faults} description.
 *
 * @param name what it is, in words
 * @param calls the calls that it may hit
 * @param share the share of these calls that it does hit, from 0 to 1
 * @param effect what it then does
 */
record Fault(String name, Predicate<AwsCall> calls, double share, Effect effect) {}
