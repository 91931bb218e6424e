package dev.millrace.bytecode;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;

/**
 * Numbers the keys under which recorded steps pass values to each other by first use. Quarkus counts them over all its threads,
 * until 3.33 at least (quarkusio/quarkus pull request 53025 ends that).
 */
final class ProxyKeys {

    private static final String KEY = "proxykey";
    private static final Pattern WHOLE = Pattern.compile(KEY + "[0-9]+");

    private ProxyKeys() {}

    /** @param classes in an order that is the same in every build */
    static void number(Collection<ClassNode> classes) {
        Map<String, String> numbered = new HashMap<>();
        for (AbstractInsnNode instruction : Instructions.all(classes)) {
            String text = Instructions.string(instruction);
            if (text != null && text.contains(KEY)) {
                if (!WHOLE.matcher(text).matches()) {
                    throw new IllegalStateException("\"" + text + "\" is no key as Quarkus writes them");
                }
                ((LdcInsnNode) instruction).cst = numbered.computeIfAbsent(text, key -> KEY + (numbered.size() + 1));
            }
        }
        if (numbered.isEmpty()) {
            throw new IllegalStateException("no \"" + KEY + "1\": Quarkus names its keys otherwise now");
        }
    }
}
