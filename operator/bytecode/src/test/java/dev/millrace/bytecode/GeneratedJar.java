package dev.millrace.bytecode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** A generated-bytecode.jar in small: what one build leaves to chance is a parameter here. */
final class GeneratedJar {

    static final String RECORDED = "io/quarkus/runner/recorded/";
    static final String GENERATED = "io/quarkus/runtime/generated/";
    static final String CONTROLLERS = RECORDED + "OperatorSDKProcessor$updateControllerConfigurations1";
    static final String SHARED = GENERATED + "SharedConfig";
    static final String RUN_TIME = GENERATED + "RunTimeConfigCustomizer";
    static final String STATIC_INIT = GENERATED + "StaticInitConfigCustomizer";

    private static final String BUILDER = "io/quarkus/runtime/configuration/AbstractConfigBuilder";
    private static final String CONFIG_CLASS = "Lio/smallrye/config/ConfigMappings$ConfigClass;";
    private static final String RETRY = "io/javaoperatorsdk/operator/processing/retry/GenericRetry";

    private final Map<String, byte[]> classes = new LinkedHashMap<>();

    /** As in the operator: keys, configuration classes in the given order, and an initial interval if it got through. */
    static GeneratedJar of(List<String> keys, List<String> mappings, List<String> dependsOn, long... initialInterval) {
        return new GeneratedJar()
                .with(RECORDED + "A", "deploy", code -> {
                    key(code, keys.get(0));
                    key(code, keys.get(1));
                })
                .with(RECORDED + "B", "deploy", code -> key(code, keys.get(0)))
                .with(SHARED, "<clinit>", code -> declarations(code, mappings))
                .with(RUN_TIME, "configBuilder", code -> registrations(code, mappings.size()))
                .with(STATIC_INIT, "configBuilder", code -> instance(code, mappings.indexOf("b.Config")))
                .with(CONTROLLERS, "deploy", code -> controller(code, dependsOn, initialInterval));
    }

    GeneratedJar with(String name, String method, Consumer<MethodVisitor> body) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC, method, "()V", null, null);
        code.visitCode();
        body.accept(code);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        writer.visitEnd();
        classes.put(name + ".class", writer.toByteArray());
        return this;
    }

    GeneratedJar without(String name) {
        classes.remove(name + ".class");
        return this;
    }

    Path write(Path jar) {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> one : classes.entrySet()) {
                ZipEntry entry = new ZipEntry(one.getKey());
                entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                out.putNextEntry(entry);
                out.write(one.getValue());
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void key(MethodVisitor code, String key) {
        code.visitLdcInsn(key);
        code.visitInsn(Opcodes.POP);
    }

    private static void declarations(MethodVisitor code, List<String> mappings) {
        for (int i = 0; i < mappings.size(); i++) {
            code.visitLdcInsn(mappings.get(i));
            code.visitLdcInsn("prefix." + mappings.get(i));
            String signature = "(Ljava/lang/String;Ljava/lang/String;)" + CONFIG_CLASS;
            code.visitMethodInsn(Opcodes.INVOKESTATIC, BUILDER, "configClass", signature, false);
            code.visitFieldInsn(Opcodes.PUTSTATIC, SHARED, "configClass$" + i, CONFIG_CLASS);
            for (String loaded : List.of(mappings.get(i), mappings.get(i) + "$Group")) {
                code.visitLdcInsn(loaded);
                code.visitMethodInsn(Opcodes.INVOKESTATIC, BUILDER, "ensureLoaded", "(Ljava/lang/String;)V", false);
            }
        }
        instance(code, mappings.indexOf("b.Config"));
    }

    private static void registrations(MethodVisitor code, int mappings) {
        for (int i = 0; i < mappings; i++) {
            code.visitFieldInsn(Opcodes.GETSTATIC, SHARED, "configClass$" + i, CONFIG_CLASS);
            code.visitVarInsn(Opcodes.ASTORE, 10 + i);
            code.visitVarInsn(Opcodes.ALOAD, 1);
            code.visitVarInsn(Opcodes.ALOAD, 10 + i);
            String signature = "(Lio/smallrye/config/SmallRyeConfigBuilder;" + CONFIG_CLASS + ")V";
            code.visitMethodInsn(Opcodes.INVOKESTATIC, BUILDER, "withMapping", signature, false);
        }
    }

    /** A use whose place is the same in every build. */
    private static void instance(MethodVisitor code, int mapping) {
        code.visitFieldInsn(Opcodes.GETSTATIC, SHARED, "configClass$" + mapping, CONFIG_CLASS);
        code.visitInsn(Opcodes.POP);
    }

    private static void controller(MethodVisitor code, List<String> dependsOn, long... initialInterval) {
        for (long interval : initialInterval) {
            code.visitVarInsn(Opcodes.ALOAD, 17);
            code.visitLdcInsn(interval);
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RETRY, "setInitialInterval", "(J)L" + RETRY + ";", false);
            code.visitInsn(Opcodes.POP);
        }
        code.visitVarInsn(Opcodes.ALOAD, 17);
        code.visitInsn(Opcodes.ICONST_M1);
        code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RETRY, "setMaxAttempts", "(I)L" + RETRY + ";", false);
        code.visitInsn(Opcodes.POP);
        code.visitTypeInsn(Opcodes.NEW, "java/util/LinkedHashSet");
        code.visitInsn(Opcodes.DUP);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/util/LinkedHashSet", "<init>", "()V", false);
        code.visitVarInsn(Opcodes.ASTORE, 63);
        for (String name : dependsOn) {
            code.visitVarInsn(Opcodes.ALOAD, 63);
            code.visitTypeInsn(Opcodes.CHECKCAST, "java/util/Collection");
            code.visitLdcInsn(name);
            code.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/util/Collection", "add", "(Ljava/lang/Object;)Z", true);
            code.visitInsn(Opcodes.POP);
        }
    }
}
