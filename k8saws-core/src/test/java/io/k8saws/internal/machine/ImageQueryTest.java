package io.k8saws.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageQueryTest {
    private static final String INTEL = "m6i.large";
    private static final String GRAVITON = "m7g.large";

    @ParameterizedTest
    @CsvSource({
        ", canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id,"
                + " canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id, /dev/sda1",
        "ubuntu-24.04, canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id,"
                + " canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id, /dev/sda1",
        "debian-13, debian/release/13/latest/amd64, debian/release/13/latest/arm64, /dev/xvda",
        "debian-12, debian/release/12/latest/amd64, debian/release/12/latest/arm64, /dev/xvda",
        "amazon-linux-2023, ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64,"
                + " ami-amazon-linux-latest/al2023-ami-kernel-default-arm64, /dev/xvda",
    })
    void aDistributionIsAPublicParameterForEachArchitecture(
            String image, String intel, String graviton, String rootDevice) {
        assertThat(query(image, INTEL)).isEqualTo(new ImageQuery.Parameter("/aws/service/" + intel));
        assertThat(query(image, GRAVITON)).isEqualTo(new ImageQuery.Parameter("/aws/service/" + graviton));
        assertThat(query(image, INTEL).rootDevice()).isEqualTo(rootDevice);
        assertThat(query(image, GRAVITON).rootDevice()).isEqualTo(rootDevice);
    }

    @Test
    void flatcarIsTheNewestOfItsOwner_forEachArchitecture() {
        String name = "Flatcar-stable-*-hvm";
        assertThat(query("flatcar", INTEL)).isEqualTo(new ImageQuery.Newest("075585003325", name, "x86_64"));
        assertThat(query("flatcar", GRAVITON)).isEqualTo(new ImageQuery.Newest("075585003325", name, "arm64"));
        assertThat(query("flatcar", INTEL).rootDevice()).isEqualTo("/dev/xvda");
        assertThat(query("name:self/Flatcar-*", INTEL).rootDevice()).isEqualTo("/dev/sda1");
    }

    @Test
    void windowsIsServerCore_byAwsPublicParameter_andTheDefaultOfItsPools() {
        ImageQuery core2022 =
                new ImageQuery.Parameter("/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-Base");
        assertThat(query("windows-2022", INTEL)).isEqualTo(core2022);
        assertThat(ImageQuery.of(Optional.empty(), INTEL, true)).isEqualTo(core2022);
        assertThat(core2022.rootDevice()).isEqualTo("/dev/sda1");
        assertThat(ImageQuery.isWindows("windows-2025")).contains(true);
        assertThat(ImageQuery.isWindows("debian-12")).contains(false);
        assertThat(ImageQuery.isWindows("ami-01234567")).isEmpty();
    }

    @Test
    void whatIsTooOldIsRefusedWithTheReason() {
        assertThat(ImageQuery.refusal("ubuntu-22.04"))
                .hasValueSatisfying(reason -> assertThat(reason).contains("curl 7.81"));
        assertThat(ImageQuery.refusal("ubuntu-24.04")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {INTEL, GRAVITON})
    void anIdOrAParameterIsWhatItSays_forEachArchitecture(String instanceType) {
        assertThat(query("ami-01234567", instanceType)).isEqualTo(new ImageQuery.Id("ami-01234567"));
        assertThat(query("ssm:/acme/images/node", instanceType))
                .isEqualTo(new ImageQuery.Parameter("/acme/images/node"))
                .extracting(ImageQuery::pin)
                .isEqualTo("ssm:/acme/images/node");
    }

    @ParameterizedTest
    @CsvSource({
        "075585003325, Flatcar-stable-*-hvm",
        "self, acme/node (1.?) [x] it's @home_2.0",
        "amazon, al2023-ami-2023.*",
        "aws-marketplace, */*",
    })
    void aSearchIsForTheArchitectureAsEc2NamesIt(String owner, String name) {
        String image = "name:" + owner + "/" + name;
        assertThat(query(image, INTEL)).isEqualTo(new ImageQuery.Newest(owner, name, "x86_64"));
        assertThat(query(image, GRAVITON)).isEqualTo(new ImageQuery.Newest(owner, name, "arm64"));
        assertThat(query(image, GRAVITON).pin()).isEqualTo(image + " arm64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ami-0123456",
                "ami-0123456789abcdef",
                "AMI-0123456789abcdef0",
                "ssm:acme",
                "ssm:/acme images",
                "resolve:ssm:/acme/images/node",
                "ubuntu",
                "ubuntu-22.04",
                "Ubuntu-24.04",
                "Flatcar",
                "name:075585003325",
                "name:07558500332/Flatcar-*",
                "name:me/Flatcar-*",
                "name:self/ab",
                "name:self/a,b,c",
                "name:self/a\\*b",
            })
    void whatHasNoneOfTheFormsIsRefused(String image) {
        assertThat(ImageQuery.isWellFormed(image)).isFalse();
        assertThatThrownBy(() -> query(image, INTEL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + image + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian-13",
                "ubuntu-24.04",
                "debian-12",
                "amazon-linux-2023",
                "flatcar",
                "windows-2022",
                "windows-2025"
            })
    void theNamesAreInTheTextThatListsThem(String name) {
        assertThat(ImageQuery.NAMES.split(", ")).hasSize(7).contains(name);
    }

    @Property
    void whatIsWellFormedIsAQuery_andWhatAsksForTheSameIsPinnedOnce(
            @ForAll("images") String one, @ForAll("images") String other) {
        assertThat(ImageQuery.isWellFormed(one)).isTrue();
        ImageQuery first = query(one, INTEL);
        ImageQuery second = query(other, INTEL);

        assertThat(first.pin().equals(second.pin())).isEqualTo(first.equals(second));
        assertThat(first.equals(second)).isEqualTo(one.equals(other));
        assertThat(first.pin().equals(query(one, GRAVITON).pin())).isEqualTo(one.matches("(ami-|ssm:|windows-).*"));
    }

    @Provide
    Arbitrary<String> images() {
        Arbitrary<String> hex = Arbitraries.strings().withChars("0123456789abcdef");
        Arbitrary<String> paths = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("._/-")
                .ofMinLength(1)
                .ofMaxLength(4);
        return Arbitraries.oneOf(
                Arbitraries.oneOf(hex.map(text -> "01"), hex).map(text -> "ami-" + (text + "00000000").substring(0, 8)),
                paths.map(text -> "ssm:/" + text),
                paths.map(text -> "name:self/" + text + "*-x"),
                Arbitraries.of(ImageQuery.NAMES.split(", ")));
    }

    private static ImageQuery query(String image, String instanceType) {
        return ImageQuery.of(Optional.ofNullable(image), instanceType);
    }
}
