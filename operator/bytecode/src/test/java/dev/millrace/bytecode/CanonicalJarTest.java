package dev.millrace.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

class CanonicalJarTest {

    private static final List<String> MAPPINGS = List.of("a.Config", "b.Config", "c.Config");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void twoBuildsOfTheSameSourcesBecomeTheSameJar() throws IOException {
        Path one = write(one());
        Path other = write(other());
        assertThat(Files.mismatch(one, other)).isNotNegative();
        CanonicalJar.rewrite(one);
        CanonicalJar.rewrite(other);
        assertThat(Files.mismatch(one, other)).isEqualTo(-1);
    }

    @Test
    void aJarThatIsInOrderStaysAsItIs() throws IOException {
        Path jar = write(other());
        CanonicalJar.rewrite(jar);
        Path before = Files.copy(jar, directory.resolve("before.jar"));
        CanonicalJar.rewrite(jar);
        assertThat(Files.mismatch(before, jar)).isEqualTo(-1);
    }

    @Test
    void keysAreNumberedByFirstUseAndStillMeet() throws IOException {
        Path jar = write(other());
        CanonicalJar.rewrite(jar);
        assertThat(code(jar, GeneratedJar.RECORDED + "A"))
                .startsWith("proxykey1")
                .contains("proxykey2");
        assertThat(code(jar, GeneratedJar.RECORDED + "B")).startsWith("proxykey1");
    }

    @Test
    void aConfigurationClassKeepsWhatBelongsToIt() throws IOException {
        Path jar = write(other());
        CanonicalJar.rewrite(jar);
        assertThat(code(jar, GeneratedJar.SHARED))
                .containsSubsequence(
                        "a.Config",
                        "prefix.a.Config",
                        "configClass",
                        "configClass$0",
                        "a.Config",
                        "ensureLoaded",
                        "a.Config$Group",
                        "ensureLoaded",
                        "b.Config",
                        "prefix.b.Config",
                        "configClass",
                        "configClass$1")
                .endsWith("configClass$1");
        assertThat(code(jar, GeneratedJar.RUN_TIME))
                .containsExactly(
                        "configClass$0", "withMapping", "configClass$1", "withMapping", "configClass$2", "withMapping");
        assertThat(code(jar, GeneratedJar.STATIC_INIT)).containsExactly("configClass$1");
    }

    @Test
    void ofAControllerOnlyTheDefaultIntervalGoes() throws IOException {
        Path jar = write(one());
        assertThat(code(jar, GeneratedJar.CONTROLLERS)).contains("setInitialInterval");
        CanonicalJar.rewrite(jar);
        assertThat(code(jar, GeneratedJar.CONTROLLERS))
                .containsExactly("setMaxAttempts", "<init>", "accounts", "add", "documents", "add");
    }

    @Test
    void anIntervalThatWouldBeLostFails() {
        refused(
                GeneratedJar.of(List.of("proxykey1", "proxykey2"), MAPPINGS, List.of(), 1000),
                "application.properties");
    }

    @Test
    void anotherKindOfKeyFails() {
        refused(GeneratedJar.of(List.of("proxykey1", "A$proxykey2"), MAPPINGS, List.of()), "A$proxykey2");
        refused(GeneratedJar.of(List.of("key1", "key2"), MAPPINGS, List.of()), "no \"proxykey1\"");
    }

    @Test
    void whatIsMissingFails() {
        refused(one().without(GeneratedJar.SHARED), "SharedConfig");
        refused(one().without(GeneratedJar.RUN_TIME), "RunTimeConfigCustomizer");
        refused(one().without(GeneratedJar.CONTROLLERS), "0 classes");
        refused(one().with(GeneratedJar.CONTROLLERS, "deploy", code -> {}), "no retries");
        refused(one().with(GeneratedJar.SHARED, "<clinit>", code -> {}), "0 declarations");
    }

    @Test
    void aBranchFails() {
        refused(
                one().with(GeneratedJar.RUN_TIME, "configBuilder", code -> {
                    Label loop = new Label();
                    code.visitLabel(loop);
                    code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                    code.visitJumpInsn(Opcodes.GOTO, loop);
                }),
                "a branch");
    }

    /** What the two differ in is what two builds of the operator did. */
    private static GeneratedJar one() {
        return GeneratedJar.of(
                List.of("proxykey7", "proxykey3"),
                List.of("b.Config", "c.Config", "a.Config"),
                List.of("documents", "accounts"),
                2000);
    }

    private static GeneratedJar other() {
        return GeneratedJar.of(
                List.of("proxykey2", "proxykey113"),
                List.of("c.Config", "a.Config", "b.Config"),
                List.of("accounts", "documents"));
    }

    private void refused(GeneratedJar jar, String why) {
        Path written = write(jar);
        assertThatThrownBy(() -> CanonicalJar.rewrite(written))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    private Path write(GeneratedJar jar) {
        try {
            return jar.write(Files.createTempFile(directory, "generated", ".jar"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its text constants, fields and calls, in order. */
    private static List<String> code(Path jar, String name) throws IOException {
        ClassNode node = new ClassNode();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            new ClassReader(zip.getInputStream(zip.getEntry(name + ".class")).readAllBytes()).accept(node, 0);
        }
        List<String> code = new ArrayList<>();
        for (AbstractInsnNode instruction : Instructions.all(List.of(node))) {
            if (instruction instanceof LdcInsnNode constant && constant.cst instanceof String text) {
                code.add(text);
            } else if (instruction instanceof FieldInsnNode field) {
                code.add(field.name);
            } else if (instruction instanceof MethodInsnNode call) {
                code.add(call.name);
            }
        }
        return code;
    }
}
