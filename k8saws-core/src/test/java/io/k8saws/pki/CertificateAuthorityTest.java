package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.InvalidAuthorityException.Reason;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {
    private static final ClusterPki PKI = ClusterPki.of(PkiSamples.payments());
    private static final CertificateRequest API = PKI.certificates().stream()
            .filter(c -> c.name().equals("apiserver"))
            .findFirst()
            .orElseThrow();
    private static final CertificateRequest ADMIN =
            PKI.certificate("admin.conf").orElseThrow();

    private static CertificateAuthority authority(KeyAlgorithm algorithm) {
        return CertificateAuthority.create(request(algorithm), PkiSamples.CLOCK);
    }

    private static AuthorityRequest request(KeyAlgorithm algorithm) {
        AuthorityRequest ca = PKI.authorities().get(0);
        return new AuthorityRequest(ca.role(), algorithm, ca.validity(), ca.reader(), ca.files());
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void everyAlgorithmSignsAndIsSigned(KeyAlgorithm algorithm) throws Exception {
        SecretKeyPair key = PkiSamples.key(algorithm);
        CertificateAuthority made =
                CertificateAuthority.create(request(algorithm), key.publicKey(), key, PkiSamples.CLOCK);
        CertificateAuthority authority =
                CertificateAuthority.of(made.certificatePem(), key.privateKeyPem(), PkiSamples.CLOCK);
        X509Certificate issued =
                authority.issue(API, key.publicKey(), PkiSamples.CLOCK).certificate();

        assertThat(authority.id()).isEqualTo(made.id()).isEqualTo(key.id());
        assertThat(KeyAlgorithm.of(issued.getPublicKey())).contains(algorithm);
        assertThat(issued.getSigAlgName()).isEqualTo(algorithm.signature().jdkName());
        validate(issued, made.certificate());
    }

    private static void validate(X509Certificate certificate, X509Certificate authority) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(PkiSamples.NOW.plusSeconds(1)));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    @Test
    void anAuthorityMaySignCertificatesAndIsValidForTenYears() {
        X509Certificate certificate = authority(KeyAlgorithm.ECDSA_P256).certificate();

        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=kubernetes");
        assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(usages(certificate)).containsExactly(5, 6);
        assertThat(certificate.getNotBefore()).isEqualTo(Date.from(PkiSamples.NOW.minus(Duration.ofMinutes(5))));
        assertThat(certificate.getNotAfter()).isEqualTo(Date.from(PkiSamples.NOW.plus(Duration.ofDays(3650))));
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    }

    @Test
    void aCertificateHasKubeadmsProfile() throws Exception {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);
        Clock later = PkiSamples.in(Duration.ofDays(100));
        X509Certificate certificate = authority.issue(API, later).certificate();

        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=kube-apiserver");
        assertThat(certificate.getBasicConstraints()).isNegative();
        assertThat(usages(certificate)).containsExactly(0, 2);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getNotBefore()).isEqualTo(authority.certificate().getNotBefore());
        assertThat(certificate.getNotAfter())
                .isEqualTo(Date.from(later.instant().plus(Duration.ofDays(365))));
        assertThat(certificate.getSerialNumber()).isPositive();
        assertThat(certificate.getSerialNumber().bitLength()).isLessThanOrEqualTo(63);
        assertThat(certificate.getSubjectAlternativeNames().stream()
                        .map(n -> n.get(1).toString())
                        .toList())
                .isEqualTo(names(API));
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(certificate.getExtensionValue("2.5.29.35"))
                .as("the authority's key is named")
                .endsWith(Arrays.copyOfRange(authority.certificate().getExtensionValue("2.5.29.14"), 4, 24));
    }

    private static List<String> names(CertificateRequest request) {
        List<String> names = new ArrayList<>(request.altNames().dnsNames());
        names.addAll(request.altNames().addresses());
        return names;
    }

    private static List<Integer> usages(X509Certificate certificate) {
        List<Integer> bits = new ArrayList<>();
        boolean[] usage = certificate.getKeyUsage();
        for (int i = 0; i < usage.length; i++) {
            if (usage[i]) {
                bits.add(i);
            }
        }
        return bits;
    }

    @Test
    void organizationStandsFirstAndIsLeftOutWhenThereIsNone() throws Exception {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);

        assertThat(authority
                        .issue(ADMIN, PkiSamples.CLOCK)
                        .certificate()
                        .getSubjectX500Principal()
                        .toString())
                .as("printed last to first")
                .isEqualTo("CN=kubernetes-admin, O=kubeadm:cluster-admins");
        X509CertificateHolder holder = new X509CertificateHolder(
                authority.issue(API, PkiSamples.CLOCK).certificate().getEncoded());
        assertThat(holder.getSubject().getRDNs()).hasSize(1);
        assertThat(holder.getSubject().getRDNs()[0].getFirst().getValue())
                .isInstanceOf(org.bouncycastle.asn1.ASN1UTF8String.class);
    }

    @Test
    void nothingOutlivesItsAuthority() {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);
        IssuedCertificate late = authority.issue(API, PkiSamples.in(Duration.ofDays(3600)));

        assertThat(late.notAfter()).isEqualTo(authority.notAfter());
        assertThat(late.endsWithAuthority()).isTrue();
        assertThat(authority.issue(API, PkiSamples.CLOCK).endsWithAuthority()).isFalse();
    }

    /** RFC 5280, section 4.1.2.5: until 2049 as UTCTime, from 2050 on as GeneralizedTime. */
    @Test
    void timesAreWrittenAsTheRfcWants() throws Exception {
        Clock clock = Clock.fixed(Instant.parse("2045-01-01T00:00:00Z"), ZoneOffset.UTC);
        X509Certificate certificate = CertificateAuthority.create(request(KeyAlgorithm.ECDSA_P256), clock)
                .certificate();
        X509CertificateHolder holder = new X509CertificateHolder(certificate.getEncoded());

        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(Instant.parse("2044-12-31T23:55:00Z"));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(Instant.parse("2054-12-30T00:00:00Z"));
        assertThat(time(holder.toASN1Structure().getStartDate())).isEqualTo("UTCTime");
        assertThat(time(holder.toASN1Structure().getEndDate())).isEqualTo("GeneralizedTime");
    }

    private static String time(Time time) {
        return time.toASN1Primitive() instanceof org.bouncycastle.asn1.ASN1UTCTime ? "UTCTime" : "GeneralizedTime";
    }

    @Test
    void aCallbackSigns() throws Exception {
        SecretKeyPair elsewhere = PkiSamples.key(KeyAlgorithm.RSA_2048);
        List<SignatureAlgorithm> calls = new ArrayList<>();
        Signer kms = (bytes, algorithm) -> {
            calls.add(algorithm);
            assertThat(bytes.length).isLessThan(4096);
            return elsewhere.sign(bytes, algorithm);
        };
        CertificateAuthority made = CertificateAuthority.create(
                request(KeyAlgorithm.ECDSA_P256), elsewhere.publicKey(), kms, PkiSamples.CLOCK);
        CertificateAuthority given = CertificateAuthority.withSigner(made.certificatePem(), kms, PkiSamples.CLOCK);

        validate(given.issue(API, PkiSamples.CLOCK).certificate(), made.certificate());
        assertThat(calls)
                .containsExactly(
                        SignatureAlgorithm.RSASSA_PKCS1_V1_5_SHA_256, SignatureAlgorithm.RSASSA_PKCS1_V1_5_SHA_256);
        assertThat(given.key()).isEmpty();
    }

    @Test
    void aSignerThatFailsIsNamed() {
        String pem = authority(KeyAlgorithm.ECDSA_P256).certificatePem();
        RuntimeException denied = new IllegalStateException("denied");
        CertificateAuthority authority = CertificateAuthority.withSigner(
                pem,
                (bytes, algorithm) -> {
                    throw denied;
                },
                PkiSamples.CLOCK);

        assertThatThrownBy(() -> authority.issue(ADMIN, PkiSamples.CLOCK))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Issue certificate admin.conf")
                .hasCause(denied);
    }

    @Test
    void aHolderMayKeepItsKey() throws Exception {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);
        SecretKeyPair own = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        IssuedCertificate issued = authority.issue(API, own.publicKey(), PkiSamples.CLOCK);

        assertThat(issued.key()).isEmpty();
        assertThat(issued.certificate().getPublicKey()).isEqualTo(own.publicKey());
        validate(issued.certificate(), authority.certificate());
    }

    @Test
    void anAuthorityIsExpiredOrNotYetValid() {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);
        String pem = authority.certificatePem();
        String key = authority.key().orElseThrow().privateKeyPem();

        refused(Reason.EXPIRED, "rotate", () -> authority.issue(API, PkiSamples.in(Duration.ofDays(3650))));
        refused(
                Reason.EXPIRED,
                "2036-11-20T12:00:00Z",
                () -> CertificateAuthority.of(pem, key, PkiSamples.in(Duration.ofDays(3651))));
        refused(Reason.NOT_YET_VALID, "clock", () -> authority.issue(API, PkiSamples.in(Duration.ofHours(-1))));
        refused(
                Reason.NOT_YET_VALID,
                "clock",
                () -> CertificateAuthority.of(pem, key, PkiSamples.in(Duration.ofMinutes(-6))));
    }

    @Test
    void theKeyBelongsToTheCertificate() {
        String pem = authority(KeyAlgorithm.ECDSA_P256).certificatePem();
        SecretKeyPair other = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);

        refused(
                Reason.WRONG_KEY,
                other.id(),
                () -> CertificateAuthority.of(pem, other.privateKeyPem(), PkiSamples.CLOCK));
        CertificateAuthority signing = CertificateAuthority.withSigner(pem, other, PkiSamples.CLOCK);
        refused(Reason.WRONG_KEY, "openssl", () -> signing.issue(API, PkiSamples.CLOCK));
        refused(
                Reason.WRONG_KEY,
                "kubernetes",
                () -> CertificateAuthority.create(
                        request(KeyAlgorithm.ECDSA_P256),
                        SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256).publicKey(),
                        other,
                        PkiSamples.CLOCK));
    }

    @Test
    void aServersCertificateIsNoAuthority() {
        IssuedCertificate leaf = authority(KeyAlgorithm.ECDSA_P256).issue(API, PkiSamples.CLOCK);

        refused(
                Reason.NOT_AN_AUTHORITY,
                "CN=kubernetes",
                () -> CertificateAuthority.of(
                        leaf.certificatePem(), leaf.key().orElseThrow().privateKeyPem(), PkiSamples.CLOCK));
    }

    @Test
    void anAuthorityMustBeAllowedToSignCertificates() throws Exception {
        refused(
                Reason.MAY_NOT_SIGN_CERTIFICATES,
                "keyCertSign",
                () -> given(new KeyUsage(KeyUsage.cRLSign), null, "EC"));
        refused(
                Reason.WRONG_USAGE,
                "client",
                () -> given(new KeyUsage(KeyUsage.keyCertSign), KeyPurposeId.id_kp_serverAuth, "EC"));
        refused(Reason.UNSUPPORTED_KEY, "ECDSA-P256", () -> given(new KeyUsage(KeyUsage.keyCertSign), null, "Ed25519"));
        refused(Reason.UNSUPPORTED_KEY, "RSA", () -> given(new KeyUsage(KeyUsage.keyCertSign), null, "RSA"));
        given(new KeyUsage(KeyUsage.keyCertSign), KeyPurposeId.anyExtendedKeyUsage, "EC");
        given(null, null, "EC");
    }

    /** A parent with a signer alone, made by somebody else. */
    private static CertificateAuthority parent(KeyAlgorithm algorithm, Duration from, Duration to, Integer pathLength)
            throws Exception {
        SecretKeyPair key = PkiSamples.key(algorithm);
        X500Name name = new X500Name("CN=corporate,O=Example");
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TEN,
                Date.from(PkiSamples.NOW.plus(from)),
                Date.from(PkiSamples.NOW.plus(to)),
                name,
                key.publicKey());
        builder.addExtension(
                Extension.basicConstraints,
                true,
                pathLength == null ? new BasicConstraints(true) : new BasicConstraints(pathLength));
        String jdkName = algorithm.signature().jdkName();
        X509CertificateHolder holder = builder.build(new JcaContentSignerBuilder(jdkName)
                .build(java.security.KeyFactory.getInstance(key.publicKey().getAlgorithm())
                        .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(pkcs8(key)))));
        return CertificateAuthority.withSigner(
                Pem.of(Pem.certificate(holder.getEncoded())), key, PkiSamples.in(from.plusMillis(1)));
    }

    private static byte[] pkcs8(SecretKeyPair key) {
        return java.util.Base64.getMimeDecoder()
                .decode(key.privateKeyPem().replaceAll("-----[A-Z ]+-----", "").strip());
    }

    @ParameterizedTest
    @EnumSource(names = {"ECDSA_P256", "ECDSA_P384", "RSA_2048"})
    void aSubordinateIsSignedElsewhere_andSignsHere(KeyAlgorithm algorithm) throws Exception {
        CertificateAuthority parent = parent(algorithm, Duration.ofDays(-400), Duration.ofDays(4000), 1);
        CertificateAuthority below = parent.subordinate(request(KeyAlgorithm.ECDSA_P384), PkiSamples.CLOCK);
        X509Certificate certificate = below.certificate();

        assertThat(KeyAlgorithm.of(certificate.getPublicKey())).contains(KeyAlgorithm.ECDSA_P384);
        assertThat(certificate.getSigAlgName()).isEqualTo(algorithm.signature().jdkName());
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=kubernetes");
        assertThat(certificate.getIssuerX500Principal())
                .isEqualTo(parent.certificate().getSubjectX500Principal());
        assertThat(certificate.getBasicConstraints()).isZero();
        assertThat(usages(certificate)).containsExactly(5, 6);
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(certificate.getNonCriticalExtensionOIDs())
                .as("the two keys; no purposes, no name constraints")
                .containsExactlyInAnyOrder("2.5.29.14", "2.5.29.35");
        assertThat(certificate.getNotBefore()).isEqualTo(Date.from(PkiSamples.NOW.minus(Duration.ofMinutes(5))));
        assertThat(certificate.getNotAfter()).isEqualTo(Date.from(PkiSamples.NOW.plus(Duration.ofDays(3650))));
        validate(certificate, parent.certificate());
        validate(below.issue(API, PkiSamples.CLOCK).certificate(), certificate);
        String key = below.key().orElseThrow().privateKeyPem();
        assertThat(CertificateAuthority.of(below.certificatePem(), key, PkiSamples.CLOCK)
                        .id())
                .isEqualTo(below.id());
    }

    @Test
    void aSubordinateIsValidWithinTheTimeOfItsParent() throws Exception {
        CertificateAuthority parent =
                parent(KeyAlgorithm.ECDSA_P256, Duration.ofMinutes(-1), Duration.ofDays(30), null);
        X509Certificate certificate = parent.subordinate(request(KeyAlgorithm.ECDSA_P256), PkiSamples.CLOCK)
                .certificate();

        assertThat(certificate.getNotBefore()).isEqualTo(parent.certificate().getNotBefore());
        assertThat(certificate.getNotAfter()).isEqualTo(parent.certificate().getNotAfter());
    }

    @Test
    void whatCannotSignAnAuthorityIsRefused_beforeItsSignerIsAsked() throws Exception {
        AuthorityRequest wanted = request(KeyAlgorithm.ECDSA_P256);
        CertificateAuthority parent = parent(KeyAlgorithm.ECDSA_P256, Duration.ofDays(-1), Duration.ofDays(30), null);

        refused(Reason.MAY_NOT_SIGN_AUTHORITIES, "path length is 0", () -> parent.subordinate(wanted, PkiSamples.CLOCK)
                .subordinate(wanted, PkiSamples.CLOCK));
        refused(Reason.MAY_NOT_SIGN_AUTHORITIES, "one of 1 or more", () -> silent(
                        parent(KeyAlgorithm.ECDSA_P256, Duration.ofDays(-1), Duration.ofDays(30), 0))
                .subordinate(wanted, PkiSamples.CLOCK));
        refused(Reason.EXPIRED, "rotate", () -> silent(parent).subordinate(wanted, PkiSamples.in(Duration.ofDays(30))));
        refused(Reason.NOT_YET_VALID, "clock", () -> silent(parent)
                .subordinate(wanted, PkiSamples.in(Duration.ofDays(-2))));
        CertificateAuthority stranger = CertificateAuthority.withSigner(
                parent.certificatePem(), SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256), PkiSamples.CLOCK);
        refused(Reason.WRONG_KEY, "corporate", () -> stranger.subordinate(wanted, PkiSamples.CLOCK));
    }

    @Test
    void anAuthorityThatEndsTooEarlyForAPurposeIsRefused_andOneThatLastsIsNot() throws Exception {
        CertificateAuthority parent = parent(KeyAlgorithm.ECDSA_P256, Duration.ofDays(-1), Duration.ofDays(60), null);

        parent.requireLasting(Duration.ofDays(60), PkiSamples.CLOCK);
        refused(
                Reason.ENDS_SOON,
                "in 59 d",
                () -> parent.requireLasting(Duration.ofDays(60), PkiSamples.in(Duration.ofSeconds(1))));
        refused(
                Reason.ENDS_SOON,
                "lives for 61 d or more",
                () -> parent.requireLasting(Duration.ofDays(61), PkiSamples.CLOCK));
    }

    /** The same authority with a signer that nobody may ask. */
    private static CertificateAuthority silent(CertificateAuthority authority) {
        return CertificateAuthority.withSigner(
                authority.certificatePem(),
                (bytes, algorithm) -> {
                    throw new AssertionError("refused before anything is signed");
                },
                PkiSamples.CLOCK);
    }

    /** An authority as somebody else might have made it. */
    private static CertificateAuthority given(KeyUsage usage, KeyPurposeId purpose, String family) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
        if (!family.startsWith("Ed")) {
            generator.initialize(family.equals("RSA") ? 1024 : 256);
        }
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=corporate,O=Example");
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TEN,
                Date.from(PkiSamples.NOW.minusSeconds(60)),
                Date.from(PkiSamples.NOW.plusSeconds(60)),
                name,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        if (usage != null) {
            builder.addExtension(Extension.keyUsage, true, usage);
        }
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        }
        String algorithm = family.startsWith("Ed") ? family : "SHA256with" + (family.equals("EC") ? "ECDSA" : family);
        X509CertificateHolder holder = builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()));
        String pem = Pem.of(Pem.certificate(holder.getEncoded()));
        CertificateAuthority authority = CertificateAuthority.withSigner(
                pem,
                (bytes, signature) -> {
                    throw new AssertionError("nothing is signed while an authority is taken");
                },
                PkiSamples.CLOCK);
        assertThat(authority.toString()).contains("O=Example,CN=corporate").contains("elsewhere");
        return authority;
    }

    /** The issuer's bytes are the authority's subject's bytes, also when somebody else encoded it otherwise; without its own key identifier one is computed. */
    @Test
    void aGivenAuthoritysNameIsTakenAsItIs() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X500Name printable = new org.bouncycastle.asn1.x500.X500NameBuilder()
                .addRDN(
                        org.bouncycastle.asn1.x500.style.BCStyle.CN,
                        new org.bouncycastle.asn1.DERPrintableString("Corporate Authority"))
                .build();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                printable,
                BigInteger.TEN,
                Date.from(PkiSamples.NOW.minusSeconds(60)),
                Date.from(PkiSamples.NOW.plusSeconds(6000)),
                printable,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        String pem = Pem.of(
                Pem.certificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                        .getEncoded()));
        String key = Pem.block("PRIVATE KEY", keys.getPrivate().getEncoded());

        CertificateAuthority authority = CertificateAuthority.of(pem, key, PkiSamples.CLOCK);
        X509Certificate issued = authority.issue(API, PkiSamples.CLOCK).certificate();

        assertThat(issued.getIssuerX500Principal().getEncoded())
                .isEqualTo(authority.certificate().getSubjectX500Principal().getEncoded());
        validate(issued, authority.certificate());
    }

    @Test
    void exactlyOneCertificateIsGiven() {
        CertificateAuthority authority = authority(KeyAlgorithm.ECDSA_P256);
        SecretKeyPair key = authority.key().orElseThrow();

        refused(
                Reason.NOT_ONE_CERTIFICATE,
                "2 certificates",
                () -> CertificateAuthority.of(
                        authority.certificatePem() + authority.certificatePem(), key, PkiSamples.CLOCK));
        refused(
                Reason.NOT_ONE_CERTIFICATE,
                "0 certificates",
                () -> CertificateAuthority.of(key.privateKeyPem(), key, PkiSamples.CLOCK));
        assertThatThrownBy(() -> CertificateAuthority.of(
                        authority.certificatePem().replace("MII", "XXX"), key, PkiSamples.CLOCK))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("certificate 1 of the text");
    }

    private static void refused(
            Reason reason, String says, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(InvalidAuthorityException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .hasMessageContaining(says);
    }

    @Test
    void aWholeClusterIsIssuedAndNothingPrintsASecret() {
        Map<AuthorityRole, CertificateAuthority> authorities = PKI.createAuthorities(PkiSamples.CLOCK);
        List<IssuedCertificate> issued = PKI.issue(authorities, PkiSamples.CLOCK);

        assertThat(issued).extracting(IssuedCertificate::request).isEqualTo(PKI.certificates());
        assertThat(issued).extracting(i -> i.certificate().getSerialNumber()).doesNotHaveDuplicates();
        assertThat(issued).extracting(i -> i.key().orElseThrow().id()).doesNotHaveDuplicates();
        List<SecretKeyPair> keys = new ArrayList<>();
        issued.forEach(i -> keys.add(i.key().orElseThrow()));
        authorities.values().forEach(a -> keys.add(a.key().orElseThrow()));
        String printed = issued + authorities.toString() + keys + issued.hashCode();
        for (SecretKeyPair key : keys) {
            for (String line : key.privateKeyPem().lines().toList()) {
                assertThat(printed).doesNotContain(line);
            }
        }
    }

    @Test
    void noProviderIsRegistered() {
        authority(KeyAlgorithm.ECDSA_P256);

        assertThat(Security.getProvider("BC")).isNull();
    }

    @Test
    void unknownKeysHaveNoAlgorithm() throws Exception {
        PublicKey ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        KeyPairGenerator p521 = KeyPairGenerator.getInstance("EC");
        p521.initialize(521);

        assertThat(KeyAlgorithm.of(ed)).isEmpty();
        assertThat(KeyAlgorithm.of(p521.generateKeyPair().getPublic())).isEmpty();
    }
}
