package dev.millrace.bytecode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.ClassNode;

/** Rewrites quarkus/generated-bytecode.jar in place; what it has rewritten before stays as it is, byte for byte. */
public final class CanonicalJar {

    private static final String RECORDED = "io/quarkus/runner/recorded/";
    private static final String GENERATED = "io/quarkus/runtime/generated/";
    private static final String CONTROLLERS = RECORDED + "OperatorSDKProcessor$updateControllerConfigurations";

    private CanonicalJar() {}

    /** @param args the jar */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("one jar, not " + args.length);
        }
        rewrite(Path.of(args[0]));
    }

    static void rewrite(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = read(jar);
        // by name: what is numbered in this order must not depend on the jar's
        Map<String, ClassNode> classes = new TreeMap<>();
        entries.forEach((entry, content) -> {
            if (isOrdered(entry.getName())) {
                ClassNode node = new ClassNode();
                new ClassReader(content).accept(node, 0);
                classes.put(entry.getName(), node);
            }
        });
        order(classes);
        Path written = jar.resolveSibling(jar.getFileName() + ".tmp");
        write(written, entries, classes);
        Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isOrdered(String name) {
        return name.endsWith(".class") && (name.startsWith(RECORDED) || name.startsWith(GENERATED));
    }

    private static void order(Map<String, ClassNode> classes) {
        ProxyKeys.number(classes.values());
        SharedMappings.order(
                required(classes, GENERATED + "SharedConfig.class"),
                List.of(
                        required(classes, GENERATED + "StaticInitConfigCustomizer.class"),
                        required(classes, GENERATED + "RunTimeConfigCustomizer.class")));
        List<ClassNode> controllers = classes.values().stream()
                .filter(node -> node.name.startsWith(CONTROLLERS))
                .toList();
        if (controllers.size() != 1) {
            throw new IllegalStateException(controllers.size() + " classes " + CONTROLLERS + "*, not one");
        }
        RecordedControllers.order(controllers.get(0));
    }

    private static ClassNode required(Map<String, ClassNode> classes, String name) {
        ClassNode found = classes.get(name);
        if (found == null) {
            throw new IllegalStateException("no " + name + ": Quarkus generates something else now");
        }
        return found;
    }

    private static Map<ZipEntry, byte[]> read(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry, in.readAllBytes());
            }
        }
        return entries;
    }

    private static void write(Path jar, Map<ZipEntry, byte[]> entries, Map<String, ClassNode> classes)
            throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
                ZipEntry written = new ZipEntry(entry.getKey().getName());
                written.setTimeLocal(entry.getKey().getTimeLocal());
                out.putNextEntry(written);
                ClassNode node = classes.get(written.getName());
                out.write(node == null ? entry.getValue() : bytes(node));
                out.closeEntry();
            }
        }
    }

    /** With a constant pool in the order of use, and a stack as high as it now has to be. */
    private static byte[] bytes(ClassNode node) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        return writer.toByteArray();
    }
}
