package dev.millrace.operator;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of the chart's roles, which stand there without any template action in them. */
final class ChartRules {

    private static final Path TEMPLATES = Path.of("..", "..", "helm", "millrace", "templates");

    private ChartRules() {}

    /** In the namespaces of the models. */
    static List<PolicyRule> stacks() {
        return rules("_helpers.tpl", "define \"millrace\\.rules\" -\\}\\}\n(.*?)\\{\\{- end");
    }

    /** In the operator's own namespace. */
    static List<PolicyRule> leader() {
        return rules("rbac.yaml", "kind: Role\nmetadata:\n  name: \\{\\{ \\$name \\}\\}-leader\n.*?\nrules:\n(.*?)---");
    }

    /** {@code group/resource verb}. */
    static Set<String> permissions(List<PolicyRule> rules) {
        Set<String> all = new TreeSet<>();
        for (PolicyRule rule : rules) {
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    rule.getVerbs().forEach(verb -> all.add(group + "/" + resource + " " + verb));
                }
            }
        }
        return all;
    }

    private static List<PolicyRule> rules(String template, String pattern) {
        try {
            Matcher found =
                    Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(TEMPLATES.resolve(template)));
            if (!found.find()) {
                throw new IllegalStateException("no rules in " + template);
            }
            return Arrays.asList(new KubernetesSerialization().unmarshal(found.group(1), PolicyRule[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
