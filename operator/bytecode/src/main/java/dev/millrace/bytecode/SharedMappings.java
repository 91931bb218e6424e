package dev.millrace.bytecode;

import static dev.millrace.bytecode.Instructions.at;
import static dev.millrace.bytecode.Instructions.calls;
import static dev.millrace.bytecode.Instructions.is;
import static dev.millrace.bytecode.Instructions.isField;
import static dev.millrace.bytecode.Instructions.string;
import static dev.millrace.bytecode.Instructions.unknown;
import static dev.millrace.bytecode.Instructions.variable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodNode;

/**
 * Orders configuration classes by name, where they are declared and where they are registered. Quarkus takes some of them from a
 * hash set of classes, whose hash codes differ from run to run; its order means nothing, because they end up in a map.
 */
final class SharedMappings {

    private static final String BUILDER = "io/quarkus/runtime/configuration/AbstractConfigBuilder";
    private static final String FIELD = "configClass$";

    /** What declares one class: its name and prefix, its field, and the classes within it. */
    private record Declaration(String key, FieldInsnNode field, List<AbstractInsnNode> code) {}

    private SharedMappings() {}

    static void order(ClassNode shared, List<ClassNode> customizers) {
        Map<String, String> renamed = declarations(shared);
        List<ClassNode> users = new ArrayList<>(customizers);
        users.add(shared);
        for (AbstractInsnNode instruction : Instructions.all(users)) {
            if (isField(instruction, Opcodes.GETSTATIC, shared.name, FIELD)) {
                FieldInsnNode field = (FieldInsnNode) instruction;
                field.name = renamed.get(field.name);
            }
        }
        customizers.forEach(
                customizer -> customizer.methods.forEach(method -> registrations(shared, customizer, method)));
    }

    /** @return new names of fields by old */
    private static Map<String, String> declarations(ClassNode shared) {
        MethodNode initializer = shared.methods.stream()
                .filter(method -> method.name.equals("<clinit>"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(shared.name + " initializes nothing"));
        List<AbstractInsnNode> code = Instructions.straight(shared, initializer);
        List<Declaration> found = new ArrayList<>();
        int first = 0;
        while (first < code.size() && !calls(at(code, first + 2), BUILDER, "configClass")) {
            first++;
        }
        int end = first;
        while (calls(at(code, end + 2), BUILDER, "configClass")) {
            int begin = end;
            String type = string(at(code, begin));
            String prefix = string(at(code, begin + 1));
            if (type == null
                    || prefix == null
                    || !isField(at(code, begin + 3), Opcodes.PUTSTATIC, shared.name, FIELD)) {
                throw unknown(shared, initializer, "another declaration of a configuration class");
            }
            end += 4;
            while (string(at(code, end)) != null && calls(at(code, end + 1), BUILDER, "ensureLoaded")) {
                end += 2;
            }
            found.add(new Declaration(
                    type + " " + prefix, (FieldInsnNode) code.get(begin + 3), List.copyOf(code.subList(begin, end))));
        }
        long all =
                code.stream().filter(one -> calls(one, BUILDER, "configClass")).count();
        if (found.isEmpty() || all != found.size()) {
            throw unknown(shared, initializer, found.size() + " declarations in a row, of " + all);
        }
        return rearranged(initializer, code.get(end), found);
    }

    private static Map<String, String> rearranged(
            MethodNode initializer, AbstractInsnNode next, List<Declaration> found) {
        List<Declaration> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing(Declaration::key));
        InsnList rearranged = new InsnList();
        Map<String, String> renamed = new HashMap<>();
        for (Declaration declaration : sorted) {
            String name = FIELD + renamed.size();
            renamed.put(declaration.field().name, name);
            declaration.field().name = name;
            for (AbstractInsnNode instruction : declaration.code()) {
                initializer.instructions.remove(instruction);
                rearranged.add(instruction);
            }
        }
        initializer.instructions.insertBefore(next, rearranged);
        return renamed;
    }

    /** Those of one customizer: getstatic class, astore x, aload builder, aload x, invokestatic withMapping; one by one. */
    private static void registrations(ClassNode shared, ClassNode customizer, MethodNode method) {
        if (method.instructions.size() == 0) {
            return;
        }
        List<AbstractInsnNode> code = Instructions.straight(customizer, method);
        List<FieldInsnNode> fields = new ArrayList<>();
        int last = -1;
        for (int i = 0; i < code.size(); i++) {
            if (!calls(code.get(i), BUILDER, "withMapping")) {
                continue;
            }
            AbstractInsnNode field = at(code, i - 4);
            int variable = variable(at(code, i - 3), Opcodes.ASTORE);
            if (!isField(field, Opcodes.GETSTATIC, shared.name, FIELD)
                    || variable < 0
                    || !is(at(code, i - 2), Opcodes.ALOAD)
                    || variable(at(code, i - 1), Opcodes.ALOAD) != variable
                    || uses(code, variable) != 2
                    || (last >= 0 && last != i - 5)) {
                throw unknown(customizer, method, "another registration of a configuration class");
            }
            fields.add((FieldInsnNode) code.get(i - 4));
            last = i;
        }
        List<String> names = fields.stream()
                .map(field -> field.name)
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(FIELD.length()))))
                .toList();
        for (int i = 0; i < names.size(); i++) {
            fields.get(i).name = names.get(i);
        }
    }

    private static long uses(List<AbstractInsnNode> code, int variable) {
        return code.stream()
                .filter(one -> variable(one, Opcodes.ALOAD) == variable || variable(one, Opcodes.ASTORE) == variable)
                .count();
    }
}
