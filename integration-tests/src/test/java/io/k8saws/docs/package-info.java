/** What the documents say, compared with what is. Start at {@link io.k8saws.docs.Documents}, which finds and reads them. */
@NullMarked
package io.k8saws.docs;

import org.jspecify.annotations.NullMarked;
