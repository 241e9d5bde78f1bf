package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.AutoScalingGroups.AutoScalingGroup;
import io.k8saws.internal.resource.AutoScalingGroups.LifecycleHook;
import io.k8saws.internal.resource.AutoScalingGroups.MixedInstances;
import io.k8saws.internal.resource.ComputeWorld.Killed;
import io.k8saws.internal.resource.ComputeWorld.TestStep;
import io.k8saws.internal.resource.IamRolePolicies.IamRolePolicy;
import io.k8saws.internal.resource.IamRoles.IamRole;
import io.k8saws.internal.resource.InstanceProfiles.InstanceProfile;
import io.k8saws.internal.resource.KeyPairs.KeyPair;
import io.k8saws.internal.resource.LaunchTemplates.LaunchTemplate;
import io.k8saws.internal.resource.LaunchTemplates.Metadata;
import io.k8saws.internal.resource.LaunchTemplates.RootVolume;
import io.k8saws.internal.resource.NetworkInterfaces.NetworkInterface;
import io.k8saws.internal.resource.Volumes.Volume;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.IamClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComputeKindsIT {
    private static final String ZONE = "us-east-1a";
    private static final String TRUST = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole"],
              "Principal": {"Service": "ec2.amazonaws.com"}}]}""";
    private static final int MOST_CALLS = 12;

    private final ComputeWorld world = new ComputeWorld();
    private String vpc = "";
    private String subnet = "";
    private String otherSubnet = "";
    private String group = "";
    private String otherGroup = "";
    private String targetGroup = "";
    private String otherTargetGroup = "";

    @BeforeAll
    void makeNetwork() {
        var ec2 = world.aws().ec2();
        vpc = ec2.createVpc(r -> r.cidrBlock("10.9.0.0/16")).vpc().vpcId();
        subnet = subnet("10.9.0.0/20", ZONE);
        otherSubnet = subnet("10.9.16.0/20", "us-east-1b");
        group = securityGroup("one");
        otherGroup = securityGroup("two");
        targetGroup = targetGroup("one");
        otherTargetGroup = targetGroup("two");
    }

    private String subnet(String cidr, String zone) {
        return world.aws()
                .ec2()
                .createSubnet(r -> r.vpcId(vpc).cidrBlock(cidr).availabilityZone(zone))
                .subnet()
                .subnetId();
    }

    private String securityGroup(String name) {
        return world.aws()
                .ec2()
                .createSecurityGroup(r -> r.vpcId(vpc).groupName(name).description(name))
                .groupId();
    }

    private String targetGroup(String name) {
        return world.aws()
                .loadBalancing()
                .createTargetGroup(r ->
                        r.name(world.unique(name)).vpcId(vpc).protocol("TCP").port(6443))
                .targetGroups()
                .get(0)
                .targetGroupArn();
    }

    @AfterAll
    void closeWorld() {
        world.close();
    }

    // ---- the contract of every kind ----

    /** What somebody alters where only a close look sees it: no other look does, one update mends it, and nothing else has changed then. */
    private <A extends Attributes> void mendsWhatOnlyACloseLookSees(
            ResourceKind<A> kind, ClusterScope scope, ResourceAddress address, String field, String seen) {
        Observed<A> told = world.readOne(kind, scope);
        Observed<A> observed = world.readClosely(kind, scope).resources().get(0);
        A wanted = told.attributes();
        assertThat(ComputeWorld.flat(observed.attributes())).containsEntry(field, seen);
        Set<String> fields = ComputeWorld.differences(observed.attributes(), wanted);
        assertThat(fields).containsExactly(field);
        assertThat(kind.update(world.step(scope, address), observed, wanted, fields))
                .isEqualTo(new Made(told.id(), told.outputs()));
        assertThat(world.readClosely(kind, scope).resources()).containsExactly(told);
        assertThat(world.readOne(kind, scope)).isEqualTo(told);
    }

    /** Made, read back as wanted, changed in every field that can be, deleted; twice is as good as once. */
    private <A extends Attributes> void livesAndDies(ResourceKind<A> kind, String name, A wanted, A changed) {
        ClusterScope scope = world.cluster();
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        TestStep step = world.step(scope, address);
        Made made = kind.create(step, wanted);

        Observed<A> observed = world.readOne(kind, scope);
        assertThat(observed.address()).isEqualTo(address);
        assertThat(observed.origin()).isEqualTo(Origin.OURS);
        assertThat(observed.id()).isEqualTo(made.id());
        assertThat(observed.outputs()).containsAllEntriesOf(made.outputs());
        assertThat(ComputeWorld.flat(observed.attributes())).isEqualTo(ComputeWorld.flat(wanted));

        assertThat(kind.create(step, wanted)).isEqualTo(made);
        assertThat(world.readOne(kind, scope)).isEqualTo(observed);

        Set<String> fields = ComputeWorld.differences(observed.attributes(), changed);
        assertThat(fields).isNotEmpty();
        Made updated = kind.update(world.step(scope, address), observed, changed, fields);
        Observed<A> after = world.readOne(kind, scope);
        assertThat(ComputeWorld.flat(after.attributes())).isEqualTo(ComputeWorld.flat(changed));
        assertThat(after.id()).isEqualTo(updated.id()).isEqualTo(made.id());
        assertThat(after.outputs()).containsAllEntriesOf(updated.outputs());

        kind.delete(world.step(scope, address), after);
        assertThat(world.read(kind, scope).resources()).isEmpty();
        kind.delete(world.step(scope, address), after);
    }

    /** Killed at each changing call, before and after it was served: the next read shows what is left to do. */
    private <A extends Attributes> void survivesKills(ResourceKind<A> kind, String name, A wanted, A changed) {
        for (boolean served : new boolean[] {false, true}) {
            int call = 1;
            for (boolean killed = true; killed; call++) {
                assertThat(call).as("calls of one life").isLessThan(3 * MOST_CALLS);
                ClusterScope scope = world.cluster();
                ResourceAddress address = new ResourceAddress(kind.name(), name);
                var dying = world.killedAt(call, served);
                killed = false;
                for (A target : List.of(wanted, changed)) {
                    try {
                        reach(kind, new TestStep(dying, scope, address, world.token()), target);
                    } catch (Killed e) {
                        killed = true;
                    }
                    reach(kind, world.step(scope, address), target);
                    Observed<A> observed = world.readOne(kind, scope);
                    assertThat(ComputeWorld.flat(observed.attributes())).isEqualTo(ComputeWorld.flat(target));
                }
                try {
                    kind.delete(new TestStep(dying, scope, address, world.token()), world.readOne(kind, scope));
                } catch (Killed e) {
                    killed = true;
                }
                for (Observed<A> left : world.read(kind, scope).resources()) {
                    kind.delete(world.step(scope, address), left);
                }
                assertThat(world.read(kind, scope).resources()).isEmpty();
            }
        }
    }

    /** What the engine does for one resource, in short. */
    private <A extends Attributes> void reach(ResourceKind<A> kind, TestStep step, A target) {
        List<Observed<A>> found = world.read(kind, step.scope()).resources();
        if (found.isEmpty()) {
            kind.create(step, target);
            return;
        }
        Set<String> fields = ComputeWorld.differences(found.get(0).attributes(), target);
        if (!fields.isEmpty()) {
            kind.update(step, found.get(0), target, fields);
        }
    }

    private static void assertTaken(ResourceKind<?> kind, Runnable create, String holder) {
        assertThatThrownBy(create::run)
                .as(kind.name())
                .isExactlyInstanceOf(K8sAwsException.class)
                .hasMessageContaining("is taken by")
                .hasMessageContaining(holder);
    }

    private static String publicKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            for (byte[] part : List.of(
                    "ssh-rsa".getBytes(StandardCharsets.US_ASCII),
                    key.getPublicExponent().toByteArray(),
                    key.getModulus().toByteArray())) {
                out.writeInt(part.length);
                out.write(part);
            }
            return "ssh-rsa " + Base64.getEncoder().encodeToString(bytes.toByteArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- key pairs ----

    @Test
    void keyPair() {
        String key = publicKey();
        KeyPair wanted = new KeyPair(key + " somebody@somewhere", Map.of("team", "a"));
        KeyPair changed = new KeyPair(key, Map.of("team", "b", "more", "x"));
        livesAndDies(new KeyPairs(), "ssh", wanted, changed);
        survivesKills(new KeyPairs(), "ssh", wanted, changed);
    }

    @Test
    void keyPair_whoseNameIsTaken() {
        ClusterScope scope = world.cluster();
        KeyPairs kind = new KeyPairs();
        String name = scope.qualified("ssh", 255);
        world.others(Ec2Client.builder()).createKeyPair(r -> r.keyName(name));
        TestStep step = world.step(scope, new ResourceAddress(KeyPairs.KIND, "ssh"));
        assertTaken(kind, () -> kind.create(step, new KeyPair(publicKey(), Map.of())), name);
        assertThat(world.read(kind, scope).resources()).isEmpty();
    }

    // ---- IAM ----

    private static IamRole role(Map<String, String> tags) {
        return new IamRole(TRUST, Optional.empty(), tags);
    }

    private String boundary(String name) {
        return world.others(IamClient.builder())
                .createPolicy(r -> r.policyName(world.unique(name)).policyDocument(policy("ec2:*")))
                .policy()
                .arn();
    }

    private static String policy(String action) {
        return """
                {"Statement": [{"Resource": "*", "Effect": "Allow", "Action": ["%s", "ec2:DescribeTags"]}],
                 "Version": "2012-10-17"}""".formatted(action);
    }

    @Test
    void iamRole() {
        IamRole wanted = role(Map.of("team", "a"));
        IamRole changed = new IamRole(
                TRUST.replace("sts:AssumeRole", "sts:TagSession"),
                Optional.of(boundary("boundary")),
                Map.of("more", "plus + and %"));
        livesAndDies(new IamRoles(), "nodes", wanted, changed);
        livesAndDies(new IamRoles(), "nodes", changed, wanted);
        survivesKills(new IamRoles(), "nodes", wanted, changed);
    }

    @Test
    void iamRole_withThingsOfOthers() {
        ClusterScope scope = world.cluster();
        var iam = world.others(IamClient.builder());
        ResourceAddress address = new ResourceAddress(IamRoles.KIND, "nodes");
        String name = new IamRoles()
                .create(world.step(scope, address), role(Map.of()))
                .id();
        iam.putRolePolicy(r -> r.roleName(name).policyName("debug").policyDocument(policy("s3:*")));
        String attached = boundary("attached");
        iam.attachRolePolicy(r -> r.roleName(name).policyArn(attached));
        String byHand = world.unique("by-hand");
        iam.createRole(r -> r.roleName(byHand).path(scope.iamPath()).assumeRolePolicyDocument(TRUST));
        iam.createInstanceProfile(r -> r.instanceProfileName(byHand));
        iam.addRoleToInstanceProfile(r -> r.instanceProfileName(byHand).roleName(name));

        Found<IamRole> roles = world.read(new IamRoles(), scope);
        assertThat(roles.resources()).hasSize(1);
        assertThat(roles.foreign())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "iam-role/nodes: attached policy " + attached + " (owner: unknown)",
                        "iam-role/" + byHand + ": role arn:aws:iam::123456789012:role" + scope.iamPath() + byHand
                                + " under the cluster's path (owner: unknown)");
        Found<IamRolePolicy> policies = world.read(new IamRolePolicies(), scope);
        assertThat(policies.resources()).isEmpty();
        assertThat(policies.foreign())
                .extracting(Object::toString)
                .containsExactly("iam-role/nodes: inline policy debug (owner: unknown)");

        new IamRoles().delete(world.step(scope, address), roles.resources().get(0));
        assertThat(world.read(new IamRoles(), scope).resources()).isEmpty();
    }

    @Test
    void iamRole_whoseNameIsTaken() {
        ClusterScope scope = world.cluster();
        String name = scope.iamName("nodes");
        world.aws().iam().createRole(r -> r.roleName(name).assumeRolePolicyDocument(TRUST));
        TestStep step = world.step(scope, new ResourceAddress(IamRoles.KIND, "nodes"));
        assertTaken(new IamRoles(), () -> new IamRoles().create(step, role(Map.of())), name);
    }

    @Test
    void iamKinds_shareOneRead() {
        ClusterScope scope = world.cluster();
        Reading reading = new Reading(world.aws(), scope, Set.of(), Clock.systemUTC());
        long before = world.sent();
        new IamRoles().read(reading);
        new IamRolePolicies().read(reading);
        new InstanceProfiles().read(reading);
        assertThat(world.sent() - before).isEqualTo(2);
    }

    @Test
    void iamRolePolicy() {
        ClusterScope scope = world.cluster();
        IamRolePolicies kind = new IamRolePolicies();
        String role = new IamRoles()
                .create(world.step(scope, new ResourceAddress(IamRoles.KIND, "nodes")), role(Map.of()))
                .id();
        ResourceAddress address = new ResourceAddress(IamRolePolicies.KIND, "nodes");
        IamRolePolicy wanted = new IamRolePolicy(Ref.id(role), policy("ec2:RunInstances"));
        IamRolePolicy changed = new IamRolePolicy(Ref.id(role), policy("ec2:StopInstances"));
        Made made = kind.create(world.step(scope, address), wanted);
        Observed<IamRolePolicy> observed = world.readOne(kind, scope);
        assertThat(observed.address()).isEqualTo(address);
        assertThat(observed.id()).isEqualTo(made.id());
        assertThat(ComputeWorld.flat(observed.attributes())).isEqualTo(ComputeWorld.flat(wanted));
        kind.create(world.step(scope, address), wanted);
        kind.update(world.step(scope, address), observed, changed, Set.of("document"));
        observed = world.readOne(kind, scope);
        assertThat(ComputeWorld.flat(observed.attributes())).isEqualTo(ComputeWorld.flat(changed));
        kind.delete(world.step(scope, address), observed);
        assertThat(world.read(kind, scope).resources()).isEmpty();
        kind.delete(world.step(scope, address), observed);
    }

    @Test
    void instanceProfile() {
        ClusterScope owner = world.cluster();
        String one = new IamRoles()
                .create(world.step(owner, new ResourceAddress(IamRoles.KIND, "one")), role(Map.of()))
                .id();
        String two = new IamRoles()
                .create(world.step(owner, new ResourceAddress(IamRoles.KIND, "two")), role(Map.of()))
                .id();
        InstanceProfile wanted = new InstanceProfile(Optional.of(Ref.id(one)));
        InstanceProfile changed = new InstanceProfile(Optional.of(Ref.id(two)));
        livesAndDies(new InstanceProfiles(), "nodes", wanted, changed);
        survivesKills(new InstanceProfiles(), "nodes", wanted, changed);
    }

    @Test
    void instanceProfile_withACutName_isFoundByItsRole() {
        ClusterScope scope = world.cluster(world.unique("a-very-long-name-for-a-cluster-that-iam-cannot-hold"));
        String name = "control-plane";
        String role = new IamRoles()
                .create(world.step(scope, new ResourceAddress(IamRoles.KIND, name)), role(Map.of()))
                .id();
        assertThat(role).hasSize(64);
        ResourceAddress address = new ResourceAddress(InstanceProfiles.KIND, name);
        new InstanceProfiles().create(world.step(scope, address), new InstanceProfile(Optional.of(Ref.id(role))));
        assertThat(world.readOne(new InstanceProfiles(), scope).address()).isEqualTo(address);
    }

    @Test
    void instanceProfile_whoseNameIsTaken() {
        ClusterScope scope = world.cluster();
        String name = scope.iamName("nodes");
        world.aws().iam().createInstanceProfile(r -> r.instanceProfileName(name));
        TestStep step = world.step(scope, new ResourceAddress(InstanceProfiles.KIND, "nodes"));
        InstanceProfile wanted = new InstanceProfile(Optional.empty());
        assertTaken(new InstanceProfiles(), () -> new InstanceProfiles().create(step, wanted), name);
    }

    @Test
    void instanceProfile_whoseTagsWereAltered_isSeenByACloseLookAndMended() {
        ClusterScope scope = world.cluster();
        ResourceAddress address = new ResourceAddress(InstanceProfiles.KIND, "nodes");
        InstanceProfiles kind = new InstanceProfiles();
        String name = kind.create(world.step(scope, address), new InstanceProfile(Optional.empty()))
                .id();
        world.others(IamClient.builder())
                .untagInstanceProfile(r -> r.instanceProfileName(name).tagKeys("Name"));
        mendsWhatOnlyACloseLookSees(kind, scope, address, "alteredTags[Name]", "removed");
        kind.delete(world.step(scope, address), world.readOne(kind, scope));
    }

    // ---- launch templates ----

    private LaunchTemplate template(String image) {
        return new LaunchTemplate(
                image,
                "m6i.large",
                Optional.empty(),
                Ref.id("nodes.profile"),
                Set.of(Ref.id(group), Ref.id(otherGroup)),
                false,
                "#cloud-config\nrole: nodes\n",
                new RootVolume("/dev/xvda", "gp3", 64, Optional.empty(), Optional.empty(), Optional.empty()),
                new Metadata(true, 1),
                Map.of("k8s.io/role/node", "1", "Name", "mine"),
                Map.of("team", "a"));
    }

    private LaunchTemplate otherTemplate() {
        return new LaunchTemplate(
                "ami-2",
                "c6i.large",
                Optional.of(Ref.id("ssh.key")),
                Ref.id("arn:aws:iam::123456789012:instance-profile/k8saws/x/nodes"),
                Set.of(Ref.id(group)),
                true,
                "#cloud-config\nrole: other ä\n",
                new RootVolume(
                        "/dev/sda1", "io2", 100, Optional.of(4000), Optional.empty(), Optional.of("alias/disks")),
                new Metadata(false, 2),
                Map.of("k8s.io/role/node", "2"),
                Map.of("team", "b", "more", ""));
    }

    @Test
    void launchTemplate() {
        livesAndDies(new LaunchTemplates(), "general", template("ami-1"), otherTemplate());
        livesAndDies(new LaunchTemplates(), "general", otherTemplate(), template("ami-1"));
        survivesKills(new LaunchTemplates(), "general", template("ami-1"), otherTemplate());
    }

    @Test
    void launchTemplate_keepsFiveVersionsAndItsOwnTags() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        Made made = kind.create(world.step(scope, address), template("ami-1"));
        assertThat(made.outputs()).containsEntry("version", "1");
        for (int i = 2; i <= 9; i++) {
            LaunchTemplate wanted = template("ami-" + i);
            made = kind.update(world.step(scope, address), world.readOne(kind, scope), wanted, Set.of("image"));
            assertThat(made.outputs()).containsEntry("version", String.valueOf(i));
        }
        String id = made.id();
        var ec2 = world.aws().ec2();
        assertThat(ec2.describeLaunchTemplateVersions(r -> r.launchTemplateId(id))
                        .launchTemplateVersions())
                .extracting(version -> version.versionNumber())
                .containsExactlyInAnyOrder(5L, 6L, 7L, 8L, 9L);
        var template = ec2.describeLaunchTemplates(r -> r.launchTemplateIds(id))
                .launchTemplates()
                .get(0);
        assertThat(template.defaultVersionNumber()).isEqualTo(9);
        assertThat(Ec2Tags.map(template.tags()))
                .containsEntry("team", "a")
                .containsEntry(ClusterScope.ADDRESS_TAG, "launch-template/general");
    }

    @Test
    void launchTemplate_thatLostItsTags_isTakenBack() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        String id = kind.create(world.step(scope, address), template("ami-1")).id();
        var ec2 = world.aws().ec2();
        ec2.createLaunchTemplateVersion(r -> r.launchTemplateId(id).launchTemplateData(d -> d.imageId("ami-9")));
        ec2.modifyLaunchTemplate(r -> r.launchTemplateId(id).defaultVersion("2"));
        assertThat(world.read(kind, scope).resources()).isEmpty();

        Made made = kind.create(world.step(scope, address), template("ami-1"));
        assertThat(made.id()).isEqualTo(id);
        assertThat(made.outputs()).containsEntry("version", "3");
        assertThat(ComputeWorld.flat(world.readOne(kind, scope).attributes()))
                .isEqualTo(ComputeWorld.flat(template("ami-1")));
    }

    @Test
    void launchTemplate_whoseTagsWereAltered_isSeenByACloseLookAndMendedWithoutANewVersion() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        String id = kind.create(world.step(scope, address), template("ami-1")).id();
        var ec2 = world.aws().ec2();
        ec2.createTags(r ->
                r.resources(id).tags(Tag.builder().key("billing").value("7").build()));
        assertThat(world.readClosely(kind, scope).resources()).containsExactly(world.readOne(kind, scope));

        ec2.deleteTags(r -> r.resources(id).tags(Tag.builder().key("team").build()));
        mendsWhatOnlyACloseLookSees(kind, scope, address, "alteredTags[team]", "removed");
        ec2.createTags(
                r -> r.resources(id).tags(Tag.builder().key("team").value("z").build()));
        mendsWhatOnlyACloseLookSees(kind, scope, address, "alteredTags[team]", "changed to z");
        ec2.deleteTags(
                r -> r.resources(id).tags(Tag.builder().key(scope.ownedTag()).build()));
        mendsWhatOnlyACloseLookSees(kind, scope, address, "alteredTags[" + scope.ownedTag() + "]", "removed");

        assertThat(kind.outputsChangedBy(Set.of("alteredTags[team]"))).isEmpty();
        var template = ec2.describeLaunchTemplates(r -> r.launchTemplateIds(id))
                .launchTemplates()
                .get(0);
        assertThat(template.latestVersionNumber()).isEqualTo(1);
        assertThat(Ec2Tags.map(template.tags())).containsEntry("billing", "7").containsEntry("team", "a");
    }

    @Test
    void launchTemplate_whoseTagWasAltered_takesANewWishAsWell() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        String id = kind.create(world.step(scope, address), template("ami-1")).id();
        world.aws().ec2().createTags(r -> r.resources(id)
                .tags(Tag.builder().key("team").value("z").build()));
        Observed<LaunchTemplate> observed =
                world.readClosely(kind, scope).resources().get(0);
        Set<String> fields = ComputeWorld.differences(observed.attributes(), otherTemplate());
        assertThat(fields).contains("alteredTags[team]", "tags[team]", "image");
        kind.update(world.step(scope, address), observed, otherTemplate(), fields);
        assertThat(ComputeWorld.flat(
                        world.readClosely(kind, scope).resources().get(0).attributes()))
                .isEqualTo(ComputeWorld.flat(otherTemplate()));
    }

    @Test
    void launchTemplate_withSettingsThatOursNeverHave() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        String id = kind.create(world.step(scope, address), template("ami-1")).id();
        var ec2 = world.aws().ec2();
        ec2.createLaunchTemplateVersion(
                r -> r.launchTemplateId(id).sourceVersion("1").launchTemplateData(d -> d.ebsOptimized(true)
                        .monitoring(m -> m.enabled(true))
                        .disableApiTermination(false)
                        .instanceMarketOptions(m -> m.marketType("spot"))
                        .blockDeviceMappings(
                                disk -> disk.deviceName("/dev/xvda").ebs(e -> e.volumeType("gp3")
                                        .volumeSize(64)
                                        .iops(3000)
                                        .throughput(125)
                                        .encrypted(false)
                                        .deleteOnTermination(false)),
                                disk -> disk.deviceName("/dev/xvdb").ebs(e -> e.volumeSize(8)))));
        ec2.modifyLaunchTemplate(r -> r.launchTemplateId(id).defaultVersion("2"));
        Observed<LaunchTemplate> observed = world.readOne(kind, scope);
        assertThat(observed.attributes().otherSettings())
                .containsExactlyInAnyOrder(
                        "EbsOptimized",
                        "Monitoring",
                        "InstanceMarketOptions",
                        "a disk that is not encrypted",
                        "a disk that outlives its instance",
                        "further disks");
        Set<String> fields = ComputeWorld.differences(observed.attributes(), template("ami-1"));
        assertThat(fields).containsExactly("otherSettings");
        kind.update(world.step(scope, address), observed, template("ami-1"), fields);
        assertThat(ComputeWorld.flat(world.readOne(kind, scope).attributes()))
                .isEqualTo(ComputeWorld.flat(template("ami-1")));
    }

    @Test
    void launchTemplate_whoseNameIsTaken() {
        ClusterScope scope = world.cluster();
        String id = world.aws()
                .ec2()
                .createLaunchTemplate(r -> r.launchTemplateName(scope.qualified("general", 128))
                        .launchTemplateData(d -> d.imageId("ami-9")))
                .launchTemplate()
                .launchTemplateId();
        TestStep step = world.step(scope, new ResourceAddress(LaunchTemplates.KIND, "general"));
        assertTaken(new LaunchTemplates(), () -> new LaunchTemplates().create(step, template("ami-1")), id);
    }

    @Test
    void launchTemplates_aHundred_areReadInPagesOfOneCall() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        IntStream.range(0, 100)
                .forEach(i -> kind.create(
                        world.step(scope, new ResourceAddress(LaunchTemplates.KIND, "pool-" + i)), template("ami-1")));
        long before = world.sent();
        assertThat(world.read(kind, scope).resources()).hasSize(100);
        assertThat(world.sent() - before).isLessThanOrEqualTo(2);
    }

    // ---- Auto Scaling groups ----

    private AutoScalingGroup group(String template, String version) {
        return new AutoScalingGroup(
                1,
                3,
                Set.of(Ref.id(subnet)),
                Ref.id(template),
                Ref.id(version),
                Optional.empty(),
                Set.of(Ref.id(targetGroup)),
                Optional.empty(),
                false,
                false,
                "EC2",
                60,
                Set.of(hook("drain", 300)),
                Map.of("team", "a", "k8s.io/role", "node"));
    }

    private AutoScalingGroup mixedGroup(String template, String version, Optional<String> price) {
        return new AutoScalingGroup(
                2,
                5,
                Set.of(Ref.id(subnet), Ref.id(otherSubnet)),
                Ref.id(template),
                Ref.id(version),
                Optional.of(new MixedInstances(List.of("m6i.large", "m5.large"), 1, 25, Optional.empty(), price)),
                Set.of(Ref.id(otherTargetGroup)),
                Optional.of(604_800L),
                true,
                true,
                "ELB",
                120,
                Set.of(hook("drain", 600), hook("start", 100)),
                Map.of("team", "b"));
    }

    private static LifecycleHook hook(String name, int seconds) {
        return new LifecycleHook(name, "autoscaling:EC2_INSTANCE_TERMINATING", seconds, "CONTINUE");
    }

    private String twoVersions() {
        ClusterScope scope = world.cluster();
        LaunchTemplates kind = new LaunchTemplates();
        ResourceAddress address = new ResourceAddress(LaunchTemplates.KIND, "general");
        LaunchTemplate plain = template("ami-1");
        String profile = world.aws()
                .iam()
                .createInstanceProfile(r -> r.instanceProfileName("nodes." + scope.cluster()))
                .instanceProfile()
                .instanceProfileName();
        LaunchTemplate wanted = new LaunchTemplate(
                plain.image(),
                plain.instanceType(),
                plain.keyPair(),
                Ref.id(profile),
                plain.securityGroups(),
                plain.publicIp(),
                plain.userData(),
                plain.rootVolume(),
                plain.metadata(),
                plain.instanceTags(),
                plain.tags());
        String id = kind.create(world.step(scope, address), wanted).id();
        kind.update(world.step(scope, address), world.readOne(kind, scope), wanted, Set.of("image"));
        return id;
    }

    @Test
    void autoScalingGroup() {
        String template = twoVersions();
        AutoScalingGroup plain = group(template, "1");
        AutoScalingGroup mixed = mixedGroup(template, "2", Optional.of("0.05"));
        livesAndDies(new AutoScalingGroups(), "general", plain, mixed);
        livesAndDies(new AutoScalingGroups(), "general", mixed, plain);
        livesAndDies(new AutoScalingGroups(), "general", mixed, mixedGroup(template, "1", Optional.empty()));
        survivesKills(new AutoScalingGroups(), "general", plain, mixed);
    }

    @Test
    void autoScalingGroup_setsHooksAndTagsOfInstances() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        String template = twoVersions();
        String name =
                kind.create(world.step(scope, address), group(template, "1")).id();
        assertThat(hooks(name)).containsExactly("drain 300");
        Map<String, String> tags = Ec2Tags.map(instances(name).get(0).tags());
        assertThat(tags)
                .containsEntry("team", "a")
                .containsEntry(scope.ownedTag(), "owned")
                .containsEntry(LaunchTemplates.GROUP_TAG, "general")
                .doesNotContainKeys(ClusterScope.ADDRESS_TAG, GroupHooks.TAG);
        // what the group started is the group's
        assertThat(world.read(new Instances(), scope).resources()).isEmpty();
        assertThat(world.read(new Volumes(), scope).resources()).isEmpty();
        assertThat(world.read(new NetworkInterfaces(), scope).resources()).isEmpty();

        AutoScalingGroup mixed = mixedGroup(template, "2", Optional.empty());
        kind.update(world.step(scope, address), world.readOne(kind, scope), mixed, Set.of("lifecycleHooks"));
        assertThat(hooks(name)).containsExactlyInAnyOrder("drain 600", "start 100");
        assertThat(world.readOne(kind, scope).attributes().minSize()).isEqualTo(1);

        kind.delete(world.step(scope, address), world.readOne(kind, scope));
        assertThat(instances(name)).isEmpty();
    }

    @Test
    void autoScalingGroup_whoseHooksWereAltered_isSeenByACloseLookAndMended() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        String name = kind.create(world.step(scope, address), mixedGroup(twoVersions(), "1", Optional.empty()))
                .id();
        var autoScaling = world.aws().autoScaling();
        assertThat(world.readClosely(kind, scope).resources()).containsExactly(world.readOne(kind, scope));

        autoScaling.deleteLifecycleHook(r -> r.autoScalingGroupName(name).lifecycleHookName("drain"));
        mendsWhatOnlyACloseLookSees(kind, scope, address, "alteredHooks[drain]", "removed");
        autoScaling.putLifecycleHook(r -> r.autoScalingGroupName(name)
                .lifecycleHookName("start")
                .lifecycleTransition("autoscaling:EC2_INSTANCE_TERMINATING")
                .heartbeatTimeout(30)
                .defaultResult("ABANDON"));
        mendsWhatOnlyACloseLookSees(
                kind, scope, address, "alteredHooks[start]", "changed to TERMINATING, 30 s, ABANDON");
        assertThat(hooks(name)).containsExactlyInAnyOrder("drain 600", "start 100");

        autoScaling.putLifecycleHook(r -> r.autoScalingGroupName(name)
                .lifecycleHookName("theirs")
                .lifecycleTransition("autoscaling:EC2_INSTANCE_LAUNCHING")
                .heartbeatTimeout(45)
                .defaultResult("ABANDON"));
        Found<AutoScalingGroup> found = world.readClosely(kind, scope);
        assertThat(found.resources()).containsExactly(world.readOne(kind, scope));
        assertThat(found.foreign())
                .extracting(Object::toString)
                .containsExactly("auto-scaling-group/general: lifecycle hook theirs: LAUNCHING, 45 s, ABANDON"
                        + " (owner: unknown)");
        kind.delete(world.step(scope, address), world.readOne(kind, scope));
    }

    @Test
    void autoScalingGroup_thatIsDeletedDuringACloseLook_isNoFailure() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        kind.create(world.step(scope, address), group(twoVersions(), "1"));
        Observed<AutoScalingGroup> told = world.readOne(kind, scope);
        Reading deleting = new Reading(
                world.aws(),
                scope,
                Set.of(),
                Runnable::run,
                listed -> {
                    kind.delete(world.step(scope, address), told);
                    return true;
                },
                Clock.systemUTC());
        assertThat(kind.read(deleting)).isEqualTo(Found.of(List.of(told)));
        assertThat(world.read(kind, scope).resources()).isEmpty();
    }

    @Test
    void autoScalingGroup_whoseAlteredHookIsNoLongerWanted_losesIt() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        String template = twoVersions();
        AutoScalingGroup mixed = mixedGroup(template, "1", Optional.empty());
        String name = kind.create(world.step(scope, address), mixed).id();
        world.aws().autoScaling().putLifecycleHook(r -> r.autoScalingGroupName(name)
                .lifecycleHookName("start")
                .lifecycleTransition("autoscaling:EC2_INSTANCE_TERMINATING")
                .heartbeatTimeout(30));
        Observed<AutoScalingGroup> observed =
                world.readClosely(kind, scope).resources().get(0);
        AutoScalingGroup plain = group(template, "1");
        kind.update(
                world.step(scope, address), observed, plain, ComputeWorld.differences(observed.attributes(), plain));
        assertThat(hooks(name)).containsExactly("drain 300");
        kind.delete(world.step(scope, address), world.readOne(kind, scope));
    }

    @Test
    void autoScalingGroup_withSettingsThatOursNeverHave() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        AutoScalingGroup wanted = mixedGroup(twoVersions(), "1", Optional.empty());
        String name = kind.create(world.step(scope, address), wanted).id();
        var autoScaling = world.others(AutoScalingClient.builder());
        var policy = autoScaling
                .describeAutoScalingGroups(r -> r.autoScalingGroupNames(name))
                .autoScalingGroups()
                .get(0)
                .mixedInstancesPolicy();
        autoScaling.updateAutoScalingGroup(r -> r.autoScalingGroupName(name)
                .mixedInstancesPolicy(policy.toBuilder()
                        .instancesDistribution(policy.instancesDistribution().toBuilder()
                                .onDemandAllocationStrategy("lowest-price")
                                .build())
                        .launchTemplate(policy.launchTemplate().toBuilder()
                                .launchTemplateSpecification(t -> t.launchTemplateId(
                                                wanted.launchTemplate().toString())
                                        .version("1"))
                                .overrides(
                                        o -> o.instanceType("m6i.large").weightedCapacity("2"),
                                        o -> o.instanceType("m5.large"))
                                .build())
                        .build()));
        autoScaling.createOrUpdateTags(r -> r.tags(t -> t.resourceId(name)
                .resourceType("auto-scaling-group")
                .key("team")
                .value("b")
                .propagateAtLaunch(false)));
        autoScaling.suspendProcesses(r -> r.autoScalingGroupName(name).scalingProcesses("AZRebalance"));

        Found<AutoScalingGroup> found = world.read(kind, scope);
        assertThat(found.foreign())
                .extracting(Object::toString)
                .containsExactly("auto-scaling-group/general: suspended process AZRebalance (owner: unknown)");
        Observed<AutoScalingGroup> observed = found.resources().get(0);
        assertThat(ComputeWorld.flat(observed.attributes()))
                .containsEntry("tags[team]", "b (not for instances)")
                .containsEntry(
                        "mixedInstances.otherSettings", "on-demand strategy lowest-price, weight 2 of m6i.large");
        Set<String> fields = ComputeWorld.differences(observed.attributes(), wanted);
        assertThat(fields).containsExactlyInAnyOrder("tags[team]", "mixedInstances.otherSettings");
        kind.update(world.step(scope, address), observed, wanted, fields);
        assertThat(ComputeWorld.flat(world.readOne(kind, scope).attributes())).isEqualTo(ComputeWorld.flat(wanted));
        kind.delete(world.step(scope, address), observed);
    }

    @Test
    void autoScalingGroups_costACallMoreEach_inACloseLookOnly() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        String template = twoVersions();
        for (String name : List.of("one", "two", "three")) {
            kind.create(world.step(scope, new ResourceAddress(AutoScalingGroups.KIND, name)), group(template, "1"));
        }
        long before = world.sent();
        List<Observed<AutoScalingGroup>> told = world.read(kind, scope).resources();
        assertThat(world.sent() - before).isEqualTo(1);
        assertThat(world.readClosely(kind, scope).resources()).isEqualTo(told).hasSize(3);
        assertThat(world.sent() - before).isEqualTo(1 + 1 + 3);
        told.forEach(group -> kind.delete(world.step(scope, group.address()), group));
    }

    private List<String> hooks(String group) {
        return world
                .aws()
                .autoScaling()
                .describeLifecycleHooks(r -> r.autoScalingGroupName(group))
                .lifecycleHooks()
                .stream()
                .map(hook -> hook.lifecycleHookName() + " " + hook.heartbeatTimeout())
                .toList();
    }

    private List<software.amazon.awssdk.services.ec2.model.Instance> instances(String group) {
        return world
                .aws()
                .ec2()
                .describeInstances(
                        r -> r.filters(Ec2Tags.filter("tag:" + Instances.ASG_TAG, group), Instances.present()))
                .reservations()
                .stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    @Test
    void autoScalingGroup_leavesTheDesiredCapacityToOthers() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        AutoScalingGroup wanted = group(twoVersions(), "1");
        String name = kind.create(world.step(scope, address), wanted).id();
        assertThat(instances(name)).hasSize(1);
        world.others(AutoScalingClient.builder())
                .setDesiredCapacity(r -> r.autoScalingGroupName(name).desiredCapacity(3));
        assertThat(ComputeWorld.flat(world.readOne(kind, scope).attributes())).isEqualTo(ComputeWorld.flat(wanted));
        kind.delete(world.step(scope, address), world.readOne(kind, scope));
    }

    @Test
    void autoScalingGroup_thatMayShrink_isARisk() {
        ClusterScope scope = world.cluster();
        AutoScalingGroups kind = new AutoScalingGroups();
        ResourceAddress address = new ResourceAddress(AutoScalingGroups.KIND, "general");
        String template = twoVersions();
        AutoScalingGroup small = group(template, "1");
        AutoScalingGroup large = mixedGroup(template, "1", Optional.empty());
        kind.create(world.step(scope, address), small);
        Observed<AutoScalingGroup> observed = world.readOne(kind, scope);
        assertThat(kind.updateRisk(observed, large, Set.of("maxSize"))).isEqualTo(Risk.SAFE);
        kind.update(world.step(scope, address), observed, large, Set.of("maxSize"));
        assertThat(kind.updateRisk(world.readOne(kind, scope), small, Set.of("maxSize")))
                .isEqualTo(Risk.DISRUPTIVE);
        assertThat(kind.deletionRisk(observed)).isEqualTo(Risk.DESTRUCTIVE);
        kind.delete(world.step(scope, address), observed);
    }

    @Test
    void autoScalingGroup_whoseNameIsTaken() {
        ClusterScope scope = world.cluster();
        String name = scope.qualified("general", 255);
        String template = twoVersions();
        world.aws().autoScaling().createAutoScalingGroup(r -> r.autoScalingGroupName(name)
                .minSize(0)
                .maxSize(0)
                .vpcZoneIdentifier(subnet)
                .launchTemplate(t -> t.launchTemplateId(template).version("1")));
        TestStep step = world.step(scope, new ResourceAddress(AutoScalingGroups.KIND, "general"));
        assertTaken(new AutoScalingGroups(), () -> new AutoScalingGroups().create(step, group(template, "1")), name);
    }

    // ---- volumes ----

    private static Volume volume(int size, Map<String, String> tags) {
        return new Volume(ZONE, "gp3", size, Optional.empty(), Optional.empty(), true, Optional.empty(), tags);
    }

    @Test
    void volume() {
        Volume wanted = volume(20, Map.of("team", "a"));
        Volume faster = new Volume(
                ZONE, "gp3", 40, Optional.of(6000), Optional.of(500), true, Optional.empty(), Map.of("team", "b"));
        Volume other =
                new Volume(ZONE, "io2", 40, Optional.of(5000), Optional.empty(), true, Optional.empty(), Map.of());
        livesAndDies(new Volumes(), "etcd-main-a", wanted, faster);
        livesAndDies(new Volumes(), "etcd-main-a", faster, other);
        survivesKills(new Volumes(), "etcd-main-a", wanted, faster);
    }

    @Test
    void volume_keepsHowEncryptionWasAskedFor() {
        Volumes kind = new Volumes();
        for (Volume wanted : List.of(
                new Volume(ZONE, "gp2", 20, Optional.of(9), Optional.empty(), false, Optional.empty(), Map.of()),
                new Volume(
                        ZONE, "gp3", 20, Optional.empty(), Optional.empty(), true, Optional.of("alias/k"), Map.of()))) {
            ClusterScope scope = world.cluster();
            kind.create(world.step(scope, new ResourceAddress(Volumes.KIND, "v")), wanted);
            Volume observed = world.readOne(kind, scope).attributes();
            assertThat(ComputeWorld.flat(observed)).isEqualTo(ComputeWorld.flat(wanted));
        }
    }

    @Test
    void volume_doesNotShrink() {
        ClusterScope scope = world.cluster();
        Volumes kind = new Volumes();
        TestStep step = world.step(scope, new ResourceAddress(Volumes.KIND, "v"));
        kind.create(step, volume(20, Map.of()));
        Observed<Volume> observed = world.readOne(kind, scope);
        assertThatThrownBy(
                        () -> kind.update(step, observed, volume(10, Map.of("a", "b")), Set.of("sizeGib", "tags[a]")))
                .isExactlyInstanceOf(K8sAwsException.class)
                .hasMessage(
                        "Change volume/v: it has 20 GiB and 10 GiB are wanted, but EBS volumes only grow. Set the size"
                                + " to at least 20 GiB; to get a smaller disk, replace the etcd member. [volume="
                                + observed.id() + "]");
        assertThat(world.readOne(kind, scope)).isEqualTo(observed);
        assertThat(kind.deletionRisk(observed)).isEqualTo(Risk.DATA_LOSS);
    }

    // ---- network interfaces ----

    private NetworkInterface networkInterface(Set<String> groups, Map<String, String> tags) {
        return new NetworkInterface(
                Ref.id(subnet), "10.9.1.20", groups.stream().map(Ref::id).collect(Collectors.toSet()), tags);
    }

    @Test
    void networkInterface() {
        NetworkInterface wanted = networkInterface(Set.of(group), Map.of("team", "a"));
        NetworkInterface changed = networkInterface(Set.of(otherGroup), Map.of("more", "x"));
        livesAndDies(new NetworkInterfaces(), "etcd-a", wanted, changed);
        survivesKills(new NetworkInterfaces(), "etcd-a", wanted, changed);
    }

    @Test
    void networkInterface_whoseAddressIsTaken() {
        ClusterScope scope = world.cluster();
        String holder = world.aws()
                .ec2()
                .createNetworkInterface(r -> r.subnetId(subnet).privateIpAddress("10.9.1.30"))
                .networkInterface()
                .networkInterfaceId();
        TestStep step = world.step(scope, new ResourceAddress(NetworkInterfaces.KIND, "etcd-a"));
        NetworkInterface wanted = new NetworkInterface(Ref.id(subnet), "10.9.1.30", Set.of(Ref.id(group)), Map.of());
        assertTaken(new NetworkInterfaces(), () -> new NetworkInterfaces().create(step, wanted), holder);
    }

    // ---- what others made, and instances ----

    private String instance(Tag... tags) {
        return world.others(Ec2Client.builder())
                .runInstances(r -> r.imageId("ami-12c6146b")
                        .instanceType(InstanceType.M5_LARGE)
                        .minCount(1)
                        .maxCount(1)
                        .subnetId(subnet)
                        .tagSpecifications(Ec2Tags.specification(ResourceType.INSTANCE, Ec2Tags.map(List.of(tags)))))
                .instances()
                .get(0)
                .instanceId();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @Test
    void disksAndInterfacesOnInstances_areDetachedAndDeleted() {
        ClusterScope scope = world.cluster();
        String instance = instance(tag("team", "a"));
        Volumes volumes = new Volumes();
        NetworkInterfaces interfaces = new NetworkInterfaces();
        TestStep volumeStep = world.step(scope, new ResourceAddress(Volumes.KIND, "v"));
        TestStep interfaceStep = world.step(scope, new ResourceAddress(NetworkInterfaces.KIND, "i"));
        String volume = volumes.create(volumeStep, volume(20, Map.of())).id();
        NetworkInterface wanted = new NetworkInterface(Ref.id(subnet), "10.9.1.40", Set.of(Ref.id(group)), Map.of());
        String eni = interfaces.create(interfaceStep, wanted).id();
        var ec2 = world.others(Ec2Client.builder());
        ec2.attachVolume(r -> r.volumeId(volume).instanceId(instance).device("/dev/xvdf"));
        ec2.attachNetworkInterface(
                r -> r.networkInterfaceId(eni).instanceId(instance).deviceIndex(1));

        volumes.delete(volumeStep, world.readOne(volumes, scope));
        interfaces.delete(interfaceStep, world.readOne(interfaces, scope));
        assertThat(world.read(volumes, scope).resources()).isEmpty();
        assertThat(world.read(interfaces, scope).resources()).isEmpty();
    }

    @Test
    void whatTheClustersControllersMade_isSeenAndDeleted() {
        ClusterScope scope = world.cluster();
        var ec2 = world.aws().ec2();
        Tag owned = tag(scope.ownedTag(), "owned");
        String instance = instance(owned, tag("karpenter.sh/nodepool", "default"));
        String volume = ec2.createVolume(r -> r.availabilityZone(ZONE)
                        .size(5)
                        .volumeType("gp2")
                        .tagSpecifications(Ec2Tags.specification(ResourceType.VOLUME, Ec2Tags.map(List.of(owned)))))
                .volumeId();
        String eni = ec2.createNetworkInterface(r -> r.subnetId(subnet)
                        .tagSpecifications(
                                Ec2Tags.specification(ResourceType.NETWORK_INTERFACE, Ec2Tags.map(List.of(owned)))))
                .networkInterface()
                .networkInterfaceId();
        instance(tag(scope.ownedTag(), "shared"));

        for (ResourceKind<?> kind : List.of(new Instances(), new Volumes(), new NetworkInterfaces())) {
            seenAndDeleted(kind, scope, Map.of("instance", instance, "volume", volume, "network-interface", eni));
        }
    }

    private <A extends Attributes> void seenAndDeleted(
            ResourceKind<A> kind, ClusterScope scope, Map<String, String> ids) {
        Observed<A> observed = world.readOne(kind, scope);
        assertThat(observed.id()).isEqualTo(ids.get(kind.name()));
        assertThat(observed.origin()).isEqualTo(Origin.CONTROLLERS);
        assertThat(observed.address()).isEqualTo(new ResourceAddress(kind.name(), observed.id()));
        kind.delete(world.step(scope, observed.address()), observed);
        assertThat(world.read(kind, scope).resources()).isEmpty();
        kind.delete(world.step(scope, observed.address()), observed);
    }

    @Test
    void instances_areNeverMadeOrChanged() {
        ClusterScope scope = world.cluster();
        Instances kind = new Instances();
        Instances.Instance wanted = new Instances.Instance("m5.large", ZONE, Map.of());
        TestStep step = world.step(scope, new ResourceAddress(Instances.KIND, "i-1"));
        assertThatThrownBy(() -> kind.create(step, wanted)).isInstanceOf(IllegalStateException.class);
    }
}
