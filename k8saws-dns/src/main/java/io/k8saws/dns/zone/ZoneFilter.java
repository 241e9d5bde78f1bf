package io.k8saws.dns.zone;

import io.k8saws.dns.record.DnsName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which zones and names are looked after; the others are as if they were not there. All conditions must hold; without one, all zones of the account are, and those of each role's account. Immutable.
 */
public final class ZoneFilter {
    /** Who sees a zone. */
    public enum Kind {
        /** Anybody, or VPCs. */
        ANY,
        /** Anybody. */
        PUBLIC,
        /** VPCs alone. */
        PRIVATE
    }

    private final List<String> domains;
    private final List<String> excluded;
    private final Optional<Pattern> pattern;
    private final Optional<Pattern> excludedPattern;
    private final Kind kind;
    private final Map<String, Optional<String>> tags;
    private final Set<String> ids;
    private final List<ZoneRole> roles;

    private ZoneFilter(Builder builder) {
        this.domains = List.copyOf(builder.domains);
        this.excluded = List.copyOf(builder.excluded);
        this.pattern = builder.pattern;
        this.excludedPattern = builder.excludedPattern;
        this.kind = builder.kind;
        this.tags = Map.copyOf(builder.tags);
        this.ids = Set.copyOf(builder.ids);
        this.roles = List.copyOf(builder.roles);
    }

    /**
     * Lets all zones and names through.
     *
     * @return the filter
     */
    public static ZoneFilter all() {
        return builder().build();
    }

    /**
     * Starts a filter.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Tells whether a zone is looked after. A zone above or below a domain of the filter is, because names of the domain may be in it.
     *
     * @param zone the zone
     * @return whether it is
     */
    public boolean admits(HostedZone zone) {
        return admitsApartFromTags(zone)
                && tags.entrySet().stream().allMatch(tag -> hasTag(zone, tag.getKey(), tag.getValue()));
    }

    /**
     * Tells whether a zone may be looked after, as far as its tags do not decide: only of such zones need they be known.
     *
     * @param zone the zone
     * @return whether all conditions but those on tags are met
     */
    public boolean admitsApartFromTags(HostedZone zone) {
        return (kind == Kind.ANY || (kind == Kind.PRIVATE) == zone.isPrivate())
                && (ids.isEmpty() || ids.contains(zone.id()))
                && (domains.isEmpty()
                        || domains.stream().anyMatch(domain -> meet(zone.name().text(), bare(domain))))
                && excluded.stream().noneMatch(domain -> isWithin(zone.name().text(), domain));
    }

    /**
     * Tells whether a name is looked after.
     *
     * @param name the name
     * @return whether it is
     */
    public boolean admits(DnsName name) {
        String text = name.text();
        if (excluded.stream().anyMatch(domain -> isWithin(text, domain))
                || excludedPattern.filter(one -> one.matcher(text).find()).isPresent()) {
            return false;
        }
        return pattern.map(one -> one.matcher(text).find())
                .orElseGet(() -> domains.isEmpty() || domains.stream().anyMatch(domain -> isWithin(text, domain)));
    }

    /**
     * Tells whether tags of zones are needed to decide.
     *
     * @return whether a condition names one
     */
    public boolean needsTags() {
        return !tags.isEmpty();
    }

    /**
     * By which roles zones are reached, beside those of the account itself.
     *
     * @return in their order
     */
    public List<ZoneRole> roles() {
        return roles;
    }

    private static boolean hasTag(HostedZone zone, String key, Optional<String> value) {
        String found = zone.tags().get(key);
        return found != null && value.map(found::equals).orElse(true);
    }

    private static boolean meet(String zone, String domain) {
        return zone.equals(domain) || zone.endsWith("." + domain) || domain.endsWith("." + zone);
    }

    /** A domain with a dot before it means names below it, and not itself. */
    private static boolean isWithin(String name, String domain) {
        return domain.startsWith(".") ? name.endsWith(domain) : name.equals(domain) || name.endsWith("." + domain);
    }

    private static String bare(String domain) {
        return domain.startsWith(".") ? domain.substring(1) : domain;
    }

    /** The conditions. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        domains.forEach(domain -> parts.add("domain " + domain));
        excluded.forEach(domain -> parts.add("not " + domain));
        pattern.ifPresent(one -> parts.add("names like /" + one + "/"));
        excludedPattern.ifPresent(one -> parts.add("names unlike /" + one + "/"));
        if (kind != Kind.ANY) {
            parts.add(kind == Kind.PUBLIC ? "public" : "private");
        }
        tags.forEach((key, value) ->
                parts.add("tag " + key + value.map(text -> "=" + text).orElse("")));
        ids.forEach(id -> parts.add("id " + id));
        roles.forEach(role -> parts.add("by " + role));
        return parts.isEmpty() ? "all zones" : String.join(", ", parts);
    }

    /** Describes a filter. Not thread-safe. */
    public static final class Builder {
        private final List<String> domains = new ArrayList<>();
        private final List<String> excluded = new ArrayList<>();
        private final Map<String, Optional<String>> tags = new LinkedHashMap<>();
        private final Set<String> ids = new LinkedHashSet<>();
        private final List<ZoneRole> roles = new ArrayList<>();
        private Optional<Pattern> pattern = Optional.empty();
        private Optional<Pattern> excludedPattern = Optional.empty();
        private Kind kind = Kind.ANY;

        private Builder() {}

        /**
         * Adds a domain: names in and below it are looked after.
         *
         * @param domain such as {@code example.com}; with a dot before it only what is below
         * @return this builder
         */
        public Builder addDomain(String domain) {
            domains.add(text(domain));
            return this;
        }

        /**
         * Adds a domain that is not looked after, whatever else is said.
         *
         * @param domain such as {@code internal.example.com}; with a dot before it only what is below
         * @return this builder
         */
        public Builder excludeDomain(String domain) {
            excluded.add(text(domain));
            return this;
        }

        /**
         * Looks after names with a match of an expression, in the place of domains.
         *
         * @param expression of {@link Pattern}
         * @return this builder
         * @throws java.util.regex.PatternSyntaxException if it is none
         */
        public Builder namesLike(String expression) {
            pattern = Optional.of(Pattern.compile(expression));
            return this;
        }

        /**
         * Leaves out names with a match of an expression.
         *
         * @param expression of {@link Pattern}
         * @return this builder
         * @throws java.util.regex.PatternSyntaxException if it is none
         */
        public Builder namesUnlike(String expression) {
            excludedPattern = Optional.of(Pattern.compile(expression));
            return this;
        }

        /**
         * Takes public or private zones alone.
         *
         * @param wanted which
         * @return this builder
         */
        public Builder kind(Kind wanted) {
            kind = wanted;
            return this;
        }

        /**
         * Takes zones with a tag.
         *
         * @param key the tag's key
         * @param value its value
         * @return this builder
         */
        public Builder putTag(String key, String value) {
            tags.put(key, Optional.of(value));
            return this;
        }

        /**
         * Takes zones with a tag of any value.
         *
         * @param key the tag's key
         * @return this builder
         */
        public Builder putTag(String key) {
            tags.put(key, Optional.empty());
            return this;
        }

        /**
         * Takes zones by their ids.
         *
         * @param id such as {@code Z123}
         * @return this builder
         */
        public Builder addId(String id) {
            ids.add(HostedZone.bareId(id));
            return this;
        }

        /**
         * Looks after zones that a role reaches, too. Where several do, the first one counts; one that names a zone of the account itself is taken for it.
         *
         * @param role the role
         * @return this builder
         */
        public Builder addRole(ZoneRole role) {
            roles.add(role);
            return this;
        }

        /**
         * Ends the description.
         *
         * @return the filter
         */
        public ZoneFilter build() {
            return new ZoneFilter(this);
        }

        private static String text(String domain) {
            String strip = domain.strip();
            return strip.startsWith(".")
                    ? "." + DnsName.of(strip.substring(1)).text()
                    : DnsName.of(strip).text();
        }
    }
}
