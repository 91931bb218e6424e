package dev.millrace.bytecode;

import static dev.millrace.bytecode.Instructions.at;
import static dev.millrace.bytecode.Instructions.calls;
import static dev.millrace.bytecode.Instructions.hasType;
import static dev.millrace.bytecode.Instructions.is;
import static dev.millrace.bytecode.Instructions.string;
import static dev.millrace.bytecode.Instructions.unknown;
import static dev.millrace.bytecode.Instructions.variable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** What is recorded of a controller's annotations. */
final class RecordedControllers {

    private static final String RETRY = "io/javaoperatorsdk/operator/processing/retry/GenericRetry";
    private static final String SET = "java/util/LinkedHashSet";
    private static final String COLLECTION = "java/util/Collection";

    /** What a new GenericRetry begins with, and an annotation that does not say otherwise. */
    private static final Long INITIAL_INTERVAL = 2000L;

    private RecordedControllers() {}

    static void order(ClassNode recorded) {
        boolean retries = false;
        for (MethodNode method : recorded.methods) {
            if (method.instructions.size() > 0) {
                List<AbstractInsnNode> code = Instructions.straight(recorded, method);
                retries |= code.stream().anyMatch(one -> calls(one, RETRY, "setMaxAttempts"));
                withoutInitialInterval(recorded, method, code);
                sets(recorded, method, code);
            }
        }
        if (!retries) {
            throw new IllegalStateException(recorded.name + " records no retries any more");
        }
    }

    /**
     * setInitialInterval takes a long or a Duration. Reflection lists them in an order of its own, and when the latter comes last
     * the recorder leaves out the call. So it has to go, and may only say what holds without it.
     */
    private static void withoutInitialInterval(ClassNode recorded, MethodNode method, List<AbstractInsnNode> code) {
        for (int i = 0; i < code.size(); i++) {
            if (!calls(code.get(i), RETRY, "setInitialInterval")) {
                continue;
            }
            if (!(at(code, i - 1) instanceof LdcInsnNode constant)
                    || !is(at(code, i - 2), Opcodes.ALOAD)
                    || !is(at(code, i + 1), Opcodes.POP)) {
                throw unknown(recorded, method, "another initial interval");
            }
            if (!INITIAL_INTERVAL.equals(constant.cst)) {
                throw new IllegalStateException("An initial interval of " + constant.cst
                        + " ms in an annotation is lost in some builds: say it in application.properties");
            }
            code.subList(i - 2, i + 2).forEach(method.instructions::remove);
        }
    }

    /** Sets come from Set.of, which has another order in every JVM. */
    private static void sets(ClassNode recorded, MethodNode method, List<AbstractInsnNode> code) {
        Set<Integer> variables = new HashSet<>();
        for (int i = 0; i < code.size(); i++) {
            if (hasType(code.get(i), Opcodes.NEW, SET)) {
                int variable = variable(at(code, i + 3), Opcodes.ASTORE);
                if (variable < 0 || !variables.add(variable)) {
                    throw unknown(recorded, method, "another way to make a set");
                }
                elements(recorded, method, code, i + 4, variable);
            }
        }
    }

    /** aload set, checkcast Collection, ldc element, invokeinterface add, pop; one by one. */
    private static void elements(
            ClassNode recorded, MethodNode method, List<AbstractInsnNode> code, int begin, int variable) {
        List<LdcInsnNode> elements = new ArrayList<>();
        for (int i = begin;
                variable(at(code, i), Opcodes.ALOAD) == variable
                        && hasType(at(code, i + 1), Opcodes.CHECKCAST, COLLECTION)
                        && string(at(code, i + 2)) != null
                        && calls(at(code, i + 3), COLLECTION, "add");
                i += 5) {
            elements.add((LdcInsnNode) code.get(i + 2));
        }
        long all = 0;
        for (int i = 0; i < code.size(); i++) {
            if (variable(code.get(i), Opcodes.ALOAD) == variable
                    && hasType(at(code, i + 1), Opcodes.CHECKCAST, COLLECTION)) {
                all++;
            }
        }
        if (all != elements.size()) {
            throw unknown(
                    recorded, method, "a set of " + all + ", of which " + elements.size() + " are strings in a row");
        }
        List<String> sorted =
                new ArrayList<>(elements.stream().map(one -> (String) one.cst).toList());
        Collections.sort(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            elements.get(i).cst = sorted.get(i);
        }
    }
}
