package io.k8saws.testkit;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts the components that the parameters of tests ask for.
 *
 * <p>The annotations {@link AwsEmulator}, {@link EtcdServers} and {@link ApiServer} bring it along; there is no need to register it. Shared components are started once for each JVM and
 * kept in the root of JUnit's store, which closes them when the run is over.
 */
public final class TestbedExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TestbedExtension.class);
    private static final List<Class<? extends Annotation>> ANNOTATIONS =
            List.of(AwsEmulator.class, EtcdServers.class, ApiServer.class);

    /** Made by JUnit. */
    public TestbedExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return ANNOTATIONS.stream().anyMatch(parameter::isAnnotated);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Optional<AwsEmulator> aws = parameter.findAnnotation(AwsEmulator.class);
        if (aws.isPresent()) {
            requireType(parameter, AwsEndpoint.class);
            AwsKind kind = aws.get().kind();
            Supplier<AwsEndpoint> start = () -> Emulators.start(kind, Surroundings.current());
            return aws.get().shared()
                    ? shared(context, kind, start, AwsEndpoint.class).shared()
                    : fresh(context, start);
        }
        Optional<EtcdServers> etcd = parameter.findAnnotation(EtcdServers.class);
        if (etcd.isPresent()) {
            requireType(parameter, EtcdCluster.class);
            Supplier<EtcdCluster> start =
                    () -> EtcdCluster.start(etcd.get().members(), etcd.get().tls(), Surroundings.current());
            String key = "etcd " + etcd.get().members() + " " + etcd.get().tls();
            return etcd.get().shared()
                    ? shared(context, key, start, EtcdCluster.class).shared()
                    : fresh(context, start);
        }
        Optional<ApiServer> kubernetes = parameter.findAnnotation(ApiServer.class);
        if (kubernetes.isPresent()) {
            requireType(parameter, KubernetesApi.class);
            ApiServer asked = kubernetes.get();
            Supplier<KubernetesApi> start =
                    () -> Kubernetes.start(asked.controllers(), asked.kwokNodes(), Surroundings.current());
            String key = "kubernetes " + asked.controllers() + " " + asked.kwokNodes();
            return asked.shared()
                    ? shared(context, key, start, KubernetesApi.class).shared()
                    : fresh(context, start);
        }
        throw new ParameterResolutionException(
                "Give a value to " + parameter.getParameter() + ": it has no annotation of the testbed. Annotate it.");
    }

    /** One for the JVM; JUnit closes what stands in its root store at the end of the run. */
    private static <T extends AutoCloseable> T shared(
            ExtensionContext context, Object key, Supplier<T> start, Class<T> type) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(key, absent -> start.get(), type);
    }

    /** One for this parameter, closed with the test or the class that the parameter belongs to. */
    private static <T extends AutoCloseable> T fresh(ExtensionContext context, Supplier<T> start) {
        T value = start.get();
        Store store = context.getStore(NAMESPACE);
        store.put(value, value);
        return value;
    }

    private static void requireType(ParameterContext parameter, Class<?> type) {
        if (!parameter.getParameter().getType().equals(type)) {
            throw new ParameterResolutionException("Give a value to " + parameter.getParameter() + ": its type is not "
                    + type.getSimpleName() + ". Change the type.");
        }
    }
}
