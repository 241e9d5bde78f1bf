package io.k8saws.internal.engine;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.internal.blueprint.GroupImage;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.machine.ImageQuery;
import io.k8saws.internal.resource.ImageSource;
import io.k8saws.internal.resource.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks up the images that a spec does not name by their ids: all parameters in one call, each search in one of its own, what is pinned already in none. */
final class ImagePinning {
    private final ImageSource source;

    ImagePinning(ImageSource source) {
        this.source = source;
    }

    /**
     * Begins to look up what is not known yet.
     *
     * @param spec the wanted cluster
     * @param former what was found before
     * @param reading asks several questions at once
     * @return waits for the ids, by the names of their pins; throws an {@link InvalidSpecException} that names each image which cannot be had
     */
    Supplier<Map<String, String>> of(ClusterSpec spec, Pins former, Reading reading) {
        Map<String, String> pins = new TreeMap<>();
        List<GroupImage> open = new ArrayList<>();
        for (GroupImage image : GroupImage.of(spec)) {
            if (!(image.query() instanceof ImageQuery.Id)) {
                String pin = image.query().pin();
                former.get(pin).ifPresentOrElse(id -> pins.put(pin, id), () -> open.add(image));
            }
        }
        Answers answers = asked(open, reading);
        return () -> {
            List<Violation> violations = new ArrayList<>();
            for (GroupImage image : open) {
                answers.problem(image, reading.scope())
                        .ifPresentOrElse(
                                violations::add, () -> pins.put(image.query().pin(), answers.id(image.query())));
            }
            if (!violations.isEmpty()) {
                throw new InvalidSpecException("Look up the images of cluster " + spec.name(), violations);
            }
            return pins;
        };
    }

    private Answers asked(List<GroupImage> open, Reading reading) {
        List<String> names = new ArrayList<>();
        Map<ImageQuery.Newest, Supplier<Optional<ImageSource.Image>>> searches = new LinkedHashMap<>();
        for (GroupImage image : open) {
            if (image.query() instanceof ImageQuery.Parameter parameter && !names.contains(parameter.name())) {
                names.add(parameter.name());
            } else if (image.query() instanceof ImageQuery.Newest search) {
                searches.computeIfAbsent(search, unused -> reading.ahead(() -> source.newest(search)));
            }
        }
        List<Supplier<Map<String, String>>> calls = new ArrayList<>();
        for (int i = 0; i < names.size(); i += ImageSource.NAMES_AT_MOST) {
            List<String> some = List.copyOf(names.subList(i, Math.min(names.size(), i + ImageSource.NAMES_AT_MOST)));
            calls.add(reading.ahead(() -> source.parameters(some)));
        }
        return new Answers(calls, searches);
    }

    /** What was asked, and waits for the answers. */
    private record Answers(
            List<Supplier<Map<String, String>>> parameters,
            Map<ImageQuery.Newest, Supplier<Optional<ImageSource.Image>>> searches) {

        private Optional<String> value(ImageQuery.Parameter query) {
            return parameters.stream()
                    .map(Supplier::get)
                    .filter(values -> values.containsKey(query.name()))
                    .map(values -> values.get(query.name()))
                    .findFirst();
        }

        private Optional<ImageSource.Image> image(ImageQuery.Newest query) {
            Supplier<Optional<ImageSource.Image>> search = searches.get(query);
            return search == null ? Optional.empty() : search.get();
        }

        String id(ImageQuery query) {
            if (query instanceof ImageQuery.Parameter parameter) {
                return value(parameter).orElseThrow();
            }
            return query instanceof ImageQuery.Newest search
                    ? image(search).orElseThrow().id()
                    : query.pin();
        }

        /** Why a part of the spec cannot have its image. What a parameter holds is not shown: it may be anything. */
        Optional<Violation> problem(GroupImage wanted, ClusterScope scope) {
            String path = wanted.specPath() + ".image";
            if (wanted.query() instanceof ImageQuery.Parameter parameter) {
                Optional<String> value = value(parameter);
                if (value.isEmpty()) {
                    return Optional.of(new Violation(
                            path,
                            "there is no parameter " + parameter.name() + " in " + scope.region(),
                            "name an image that this region has: ami- with its id, ssm: with another parameter, or name: with its owner"
                                    + " and name"));
                }
                return value.filter(text -> !ImageQuery.Id.isOne(text))
                        .map(
                                text -> new Violation(
                                        path,
                                        "the parameter " + parameter.name() + " in " + scope.region()
                                                + " does not hold the id of an image",
                                        "name a parameter of the type String whose value is ami- with 8 or 17 hexadecimal digits"));
            }
            return wanted.query() instanceof ImageQuery.Newest search
                    ? problem(wanted, search, path, scope)
                    : Optional.empty();
        }

        private Optional<Violation> problem(
                GroupImage wanted, ImageQuery.Newest search, String path, ClusterScope scope) {
            Optional<ImageSource.Image> found = image(search);
            if (found.isEmpty()) {
                return Optional.of(new Violation(
                        path,
                        "owner " + search.owner() + " has no available " + search.architecture() + " image '"
                                + search.name() + "' in " + scope.region() + " that account " + scope.account()
                                + " may use",
                        "look what there is with aws ec2 describe-images --owners " + search.owner()
                                + ", and correct owner or name, or ask the owner to share the image"));
            }
            return found.filter(image -> !image.rootDevice().equals(wanted.rootDevice()))
                    .map(image -> new Violation(
                            wanted.specPath() + ".rootDevice",
                            "it is taken to be " + wanted.rootDevice() + ", but the root device of "
                                    + image.id() + ", which " + search.pin() + " finds in " + scope.region() + ", is "
                                    + image.rootDevice(),
                            "write " + image.rootDevice()));
        }
    }
}
