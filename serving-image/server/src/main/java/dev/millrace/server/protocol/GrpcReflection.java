package dev.millrace.server.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import dev.millrace.server.proto.reflection.ErrorResponse;
import dev.millrace.server.proto.reflection.ExtensionNumberResponse;
import dev.millrace.server.proto.reflection.FileDescriptorResponse;
import dev.millrace.server.proto.reflection.ListServiceResponse;
import dev.millrace.server.proto.reflection.ServerReflectionRequest;
import dev.millrace.server.proto.reflection.ServerReflectionResponse;
import dev.millrace.server.proto.reflection.ServiceResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** Server reflection, so that {@code grpcurl} and its like need no .proto. Version 1 and its elder v1alpha. */
final class GrpcReflection {
    static final String V1 = "grpc.reflection.v1.ServerReflection";
    static final String V1_ALPHA = "grpc.reflection.v1alpha.ServerReflection";

    private final Set<String> services = new TreeSet<>();
    private final Map<String, FileDescriptor> byName = new LinkedHashMap<>();
    private final Map<String, FileDescriptor> bySymbol = new LinkedHashMap<>();

    /** {@code files}: those that declare the server's services; what they import is found. */
    GrpcReflection(List<FileDescriptor> files) {
        FileDescriptor own = ServerReflectionRequest.getDescriptor().getFile();
        files.forEach(this::add);
        add(own);
        add(v1alpha(own));
    }

    private void add(FileDescriptor file) {
        if (byName.putIfAbsent(file.getName(), file) != null) {
            return;
        }
        file.getDependencies().forEach(this::add);
        for (ServiceDescriptor s : file.getServices()) {
            services.add(s.getFullName());
            put(s, file);
            s.getMethods().forEach(m -> put(m, file));
        }
        file.getMessageTypes().forEach(m -> add(m, file));
        file.getEnumTypes().forEach(e -> add(e, file));
    }

    private void add(Descriptor message, FileDescriptor file) {
        put(message, file);
        message.getFields().forEach(f -> put(f, file));
        message.getOneofs().forEach(o -> put(o, file));
        message.getNestedTypes().forEach(n -> add(n, file));
        message.getEnumTypes().forEach(e -> add(e, file));
    }

    private void add(EnumDescriptor descriptor, FileDescriptor file) {
        put(descriptor, file);
        descriptor.getValues().forEach(v -> put(v, file));
    }

    private void put(GenericDescriptor symbol, FileDescriptor file) {
        bySymbol.put(symbol.getFullName(), file);
    }

    private static FileDescriptor v1alpha(FileDescriptor v1) {
        FileDescriptorProto.Builder file = v1.toProto().toBuilder();
        file.setPackage("grpc.reflection.v1alpha").setName(alpha(file.getName()));
        for (DescriptorProto.Builder message : file.getMessageTypeBuilderList()) {
            for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
                if (field.hasTypeName()) {
                    field.setTypeName(alpha(field.getTypeName()));
                }
            }
        }
        for (MethodDescriptorProto.Builder method : file.getServiceBuilder(0).getMethodBuilderList()) {
            method.setInputType(alpha(method.getInputType())).setOutputType(alpha(method.getOutputType()));
        }
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("a valid file under another package is valid", e);
        }
    }

    private static String alpha(String name) {
        return name.replace("/v1/", "/v1alpha/").replace(".v1.", ".v1alpha.");
    }

    void info(GrpcServerRequest<ServerReflectionRequest, Message> call) {
        // clients ask, and drop the call: nothing may be written to it then
        AtomicBoolean open = new AtomicBoolean(true);
        call.exceptionHandler(e -> open.set(false));
        call.errorHandler(e -> open.set(false));
        call.response().exceptionHandler(e -> open.set(false));
        call.handler(request -> {
            if (open.get()) {
                call.response().write(answer(request));
            }
        });
        call.endHandler(v -> {
            if (open.getAndSet(false)) {
                call.response().end();
            }
        });
    }

    ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder answer = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> {
                ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
                services.forEach(
                        s -> list.addService(ServiceResponse.newBuilder().setName(s)));
                answer.setListServicesResponse(list);
            }
            case FILE_BY_FILENAME -> file(answer, byName, request.getFileByFilename());
            case FILE_CONTAINING_SYMBOL -> file(answer, bySymbol, request.getFileContainingSymbol());
            case ALL_EXTENSION_NUMBERS_OF_TYPE -> {
                String type = request.getAllExtensionNumbersOfType();
                if (bySymbol.containsKey(type)) {
                    answer.setAllExtensionNumbersResponse(
                            ExtensionNumberResponse.newBuilder().setBaseTypeName(type));
                } else {
                    missing(answer, type);
                }
            }
            case FILE_CONTAINING_EXTENSION ->
                missing(
                        answer,
                        "extension " + request.getFileContainingExtension().getExtensionNumber() + " of "
                                + request.getFileContainingExtension().getContainingType());
            case MESSAGEREQUEST_NOT_SET ->
                error(answer, GrpcStatus.INVALID_ARGUMENT, "the request asks for nothing that is known here");
        }
        return answer.build();
    }

    private static void file(ServerReflectionResponse.Builder answer, Map<String, FileDescriptor> files, String name) {
        FileDescriptor file = files.get(name);
        if (file == null) {
            missing(answer, name);
            return;
        }
        Set<FileDescriptor> all = new LinkedHashSet<>();
        collect(file, all);
        FileDescriptorResponse.Builder response = FileDescriptorResponse.newBuilder();
        all.forEach(f -> response.addFileDescriptorProto(f.toProto().toByteString()));
        answer.setFileDescriptorResponse(response);
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> into) {
        if (into.add(file)) {
            file.getDependencies().forEach(d -> collect(d, into));
        }
    }

    private static void missing(ServerReflectionResponse.Builder answer, String what) {
        error(answer, GrpcStatus.NOT_FOUND, "there is no " + what + " here");
    }

    private static void error(ServerReflectionResponse.Builder answer, GrpcStatus status, String message) {
        answer.setErrorResponse(
                ErrorResponse.newBuilder().setErrorCode(status.code).setErrorMessage(message));
    }
}
