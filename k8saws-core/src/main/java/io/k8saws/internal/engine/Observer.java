package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.resource.Found;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Foreign;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Looks at the world: all kinds at once, each with at most one paginated call. */
final class Observer {
    private final ResourceKinds kinds;
    private final Executor threads;

    Observer(ResourceKinds kinds, Executor threads) {
        this.kinds = kinds;
        this.threads = threads;
    }

    /**
     * Looks.
     *
     * @param reading one look at the world
     * @param destroying whether what only the cluster's controllers make matters, too
     * @return what was observed
     */
    World observe(Reading reading, boolean destroying) {
        List<Answer<Found<?>>> answers = new ArrayList<>();
        for (ResourceKind<?> kind : kinds.inOrder()) {
            if (kind.madeByControllersOnly() && !destroying) {
                continue;
            }
            answers.add(Answer.of(threads, () -> kind.read(reading)));
        }
        List<Observed<?>> resources = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (Found<?> found : Answer.all(answers)) {
            resources.addAll(found.resources());
            foreign.addAll(found.foreign());
        }
        return new World(resources, foreign);
    }
}
