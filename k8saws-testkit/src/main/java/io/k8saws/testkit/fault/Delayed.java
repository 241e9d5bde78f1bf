package io.k8saws.testkit.fault;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * How long what was just created stays out of sight.
 *
 * @param calls the creating calls that are concerned
 * @param sightings how many calls that would see the new thing do not; 0 when only time counts
 * @param time how long after the create; zero when only sightings count
 */
record Delayed(Predicate<AwsCall> calls, int sightings, Duration time) {}
