package io.k8saws.internal.text;

import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Quotes everything in YAML that is not plainly a text to every reader, of version 1.1 or 1.2. */
public final class PlainScalars extends StringQuotingChecker {
    private static final long serialVersionUID = 1L;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(\\.[0-9]+){2,3}(/[0-9]+)?");
    private static final Pattern ARN_OR_IMAGE = Pattern.compile("(arn|ssm):[A-Za-z0-9_./:-]*[A-Za-z0-9]");
    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    @Override
    public boolean needToQuoteName(String name) {
        return needToQuoteValue(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
        return !(PLAIN.matcher(value).matches() || ARN_OR_IMAGE.matcher(value).matches())
                || WORDS.contains(value.toLowerCase(Locale.ROOT));
    }
}
