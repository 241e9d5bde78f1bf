package io.k8saws.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The samples of one cluster's life, one an operation. */
record Life(Map<Operation, Sample> samples) {
    Sample of(Operation operation) {
        return Objects.requireNonNull(samples.get(operation), "every operation is measured");
    }

    /** The middle of several lives, for each operation by itself. */
    static Life median(List<Life> lives) {
        return new Life(Stream.of(Operation.values())
                .collect(Collectors.toMap(
                        operation -> operation,
                        operation -> Sample.median(
                                lives.stream().map(life -> life.of(operation)).toList()))));
    }
}
