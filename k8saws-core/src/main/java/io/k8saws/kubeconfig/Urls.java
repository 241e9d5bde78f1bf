package io.k8saws.kubeconfig;

import java.util.regex.Pattern;

/** Addresses as they may be shown. */
final class Urls {
    private static final Pattern USER = Pattern.compile("//[^/?#]*@");

    private Urls() {}

    /** Takes name and password out. */
    static String withoutPassword(String url) {
        return USER.matcher(url).replaceFirst("//****@");
    }
}
