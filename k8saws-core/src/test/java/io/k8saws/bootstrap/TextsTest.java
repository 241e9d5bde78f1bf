package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Texts of other programs")
class TextsTest {
    @Test
    void tomlHasPlainValuesBeforeTables_andQuotesWhatIsNoBareWord() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("deep", Map.of("x", true));
        inner.put("list", List.of("a", 1L, Map.of("k", "v")));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("a.b", inner);
        tree.put("text", "tab\t quote\" back\\ line\n bell\u0007 ü");
        tree.put("empty", Map.of());

        assertThat(Toml.text(tree)).isEqualTo("""
                text = "tab\\t quote\\" back\\\\ line\\n bell\\u0007 ü"

                ["a.b"]
                list = ["a", 1, { k = "v" }]

                ["a.b".deep]
                x = true

                [empty]
                """);
    }

    @Test
    void shellTakesAnyTextAsOneWord() {
        assertThat(Shell.variables(Map.of("A", "it's $HOME `x` \\"))).isEqualTo("A='it'\\''s $HOME `x` \\'\n");
    }

    @Test
    void yamlQuotesWhatCouldBeSomethingElse() {
        assertThat(Yaml.text(Map.of("v", List.of("v1.36.1", "1.36", "yes", "@NAME@", "60s", "a: b"))))
                .isEqualTo("""
                        v:
                          - v1.36.1
                          - "1.36"
                          - "yes"
                          - "@NAME@"
                          - "60s"
                          - "a: b"
                        """);
    }

    @Test
    void anEncryptionKeyIsPrintedByItsNameAlone() {
        byte[] bytes = new byte[32];
        bytes[0] = 1;
        EncryptionKey key = EncryptionKey.of("key1", bytes);

        assertThat(key).hasToString("encryption key key1");
        assertThat(key.fingerprint())
                .as("SHA-256 of its bytes")
                .isEqualTo("01d0fabd251fcbbe2b93b4b927b26ad2a1a99077152e45ded1e678afa45dbec5");
        assertThat(EncryptionKey.configuration(List.of(key))).isEqualTo("""
                apiVersion: apiserver.config.k8s.io/v1
                kind: EncryptionConfiguration
                resources:
                  - resources:
                      - secrets
                    providers:
                      - secretbox:
                          keys:
                            - name: key1
                              secret: "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
                      - identity: {}
                """);
        assertThat(EncryptionKey.configuration(List.of(EncryptionKey.generate("a"))))
                .isNotEqualTo(EncryptionKey.configuration(List.of(EncryptionKey.generate("a"))));
        assertThat(EncryptionKey.configuration(List.of(key), false, KmsUse.ENCRYPTS))
                .as("KMS encrypts, what secretbox wrote before stays readable")
                .contains("""
                            providers:
                              - kms:
                                  apiVersion: v2
                                  name: aws-kms
                                  endpoint: "unix:///run/k8saws-kms/socket.sock"
                                  timeout: "3s"
                              - secretbox:
                        """)
                .contains("""
                              - identity: {}
                        """);
        assertThat(EncryptionKey.configuration(List.of(key), false, KmsUse.DECRYPTS))
                .as("the way back")
                .containsSubsequence("- secretbox:", "- kms:", "- identity:");
        assertThatThrownBy(() -> EncryptionKey.of("x", new byte[16])).hasMessageContaining("16 bytes. Give 32");
    }
}
