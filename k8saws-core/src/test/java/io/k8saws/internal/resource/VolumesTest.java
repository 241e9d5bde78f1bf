package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.internal.resource.Volumes.Volume;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumesTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:123456789012:key/1";
    private static final String OTHER_ARN = "arn:aws:kms:eu-west-1:123456789012:key/2";

    private static Volume wanted(boolean encrypted, Optional<String> key) {
        return new Volume("eu-west-1a", "gp3", 20, Optional.empty(), Optional.empty(), encrypted, key, Map.of());
    }

    private static Volume withoutTag(boolean encrypted, Optional<String> key) {
        return new Volume(
                "eu-west-1a",
                "gp3",
                20,
                Optional.empty(),
                Optional.empty(),
                encrypted,
                key,
                Optional.empty(),
                Map.of());
    }

    private static Volume assumed(Volume observed, Volume wanted) {
        return new Volumes().assume(observed, wanted);
    }

    @Test
    void withoutItsTag_aDiskIsEncryptedAsWanted_whereEc2DoesNotTell() {
        for (Volume wanted : new Volume[] {wanted(true, Optional.empty()), wanted(false, Optional.empty())}) {
            Volume assumed = assumed(withoutTag(true, Optional.of(ARN)), wanted);
            assertThat(assumed.kmsKey()).isEqualTo(wanted.kmsKey());
            assertThat(assumed.encrypted()).isEqualTo(wanted.encrypted());
            assertThat(assumed.encryptionTag()).as("is put back").isEmpty();
        }
    }

    @Test
    void withoutItsTag_whatEc2TellsCounts() {
        Volume plain = withoutTag(false, Optional.empty());
        assertThat(assumed(plain, wanted(true, Optional.empty()))).isEqualTo(plain);
        Volume keyed = withoutTag(true, Optional.of(ARN));
        assertThat(assumed(keyed, wanted(true, Optional.of(OTHER_ARN)))).isEqualTo(keyed);
        assertThat(assumed(keyed, wanted(true, Optional.of(ARN)))).isEqualTo(keyed);
    }

    @Test
    void withItsTag_whatItSaysCounts() {
        Volume observed = wanted(true, Optional.of(ARN));
        assertThat(assumed(observed, wanted(true, Optional.of(OTHER_ARN)))).isEqualTo(observed);
    }
}
