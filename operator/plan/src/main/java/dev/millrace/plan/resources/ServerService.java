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
        return new ServiceBuilder()
                .withMetadata(Labels.meta(plan, Names.service(plan.name()), Labels.SERVER))
                .withNewSpec()
                .withSelector(Labels.selector(plan, Labels.SERVER))
                .withPorts(
                        port("http", Placement.REST_PORT, "http"),
                        port("grpc", Placement.GRPC_PORT, "kubernetes.io/h2c"))
                .endSpec()
                .build();
    }

    private static ServicePort port(String name, int port, String protocol) {
        return new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withTargetPort(new IntOrString(name))
                .withProtocol("TCP")
                .withAppProtocol(protocol)
                .build();
    }
}
