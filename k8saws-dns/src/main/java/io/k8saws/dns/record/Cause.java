package io.k8saws.dns.record;

/**
 * Why a record is wanted.
 *
 * @param kind of the object, in lower case
 * @param namespace of the object; empty where it has none
 * @param name of the object
 * @param rule by which the object asks for it
 */
public record Cause(String kind, String namespace, String name, String rule) {
    /**
     * The object, as external-dns writes it into its marks.
     *
     * @return for example {@code service/default/web}
     */
    public String text() {
        return kind + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
