package io.k8saws.dns.source;

import java.util.Optional;

/**
 * Where the names of an Ingress or a route come from.
 *
 * @param defined from its own fields
 * @param annotated from annotations
 */
record HostSource(boolean defined, boolean annotated) {
    static HostSource of(Deriving deriving, String suffix) {
        Optional<String> asked = deriving.annotations().get(suffix);
        switch (asked.orElse("")) {
            case "":
                return new HostSource(true, true);
            case "defined-hosts-only":
                return new HostSource(true, false);
            case "annotation-only":
                return new HostSource(false, true);
            default:
                deriving.problems()
                        .add(
                                "metadata.annotations[" + deriving.annotations().path(suffix) + "]",
                                "'" + asked.get() + "' is unknown, so it counts as if it were not there",
                                "write defined-hosts-only or annotation-only");
                return new HostSource(true, true);
        }
    }
}
