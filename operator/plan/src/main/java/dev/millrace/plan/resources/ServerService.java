package dev.millrace.plan.resources;

import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;

/** Where callers send predictions: the model's own name, REST and gRPC. */
public final class ServerService {
    private ServerService() {}

    public static Service of(StackPlan plan) {
        boolean tls = plan.server().tlsSecret() != null;
        return new ServiceBuilder()
                .withMetadata(Labels.meta(plan, Names.service(plan.name()), Labels.SERVER))
                .withNewSpec()
                .withSelector(Labels.selector(plan, Labels.SERVER))
                .withPorts(
                        port(tls ? "https" : "http", "http", Placement.REST_PORT, tls ? "https" : "http"),
                        port(tls ? "grpcs" : "grpc", "grpc", Placement.GRPC_PORT, tls ? "https" : "kubernetes.io/h2c"))
                .endSpec()
                .build();
    }

    private static ServicePort port(String name, String target, int port, String protocol) {
        return new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withTargetPort(new IntOrString(target))
                .withProtocol("TCP")
                .withAppProtocol(protocol)
                .build();
    }
}
