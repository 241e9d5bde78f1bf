package io.k8saws.etcd.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KmsKeyNamesTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";

    @ParameterizedTest
    @CsvSource({
        "1234abcd, true",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd, true",
        "alias/backups, true",
        "arn:aws:kms:eu-west-1:111122223333:alias/backups, true",
        "34abcd, false",
        "arn:aws:kms:eu-west-1:444455556666:key/1234abcd, false",
        "arn:aws:kms:eu-west-1:111122223333:key/9876abcd, false",
    })
    void onlyTheKeyThatWasAskedForWillDo(String asked, boolean same) {
        assertThat(KmsKeyNames.same(asked, ARN)).isEqualTo(same);
    }
}
