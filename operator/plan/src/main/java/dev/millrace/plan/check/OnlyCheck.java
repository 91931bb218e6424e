package dev.millrace.plan.check;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.millrace.api.v1alpha1.EntityKeySpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestFieldSpec;
import dev.millrace.contract.config.ResultVariable;
import dev.millrace.plan.Finding.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code spec.streamInference.only}: compiled as the server does, so that a mistake stops the spec and not the stream. The server
 * gives every result; here names and types are all that is known.
 */
final class OnlyCheck {
    private static final String NAMES =
            Arrays.stream(ResultVariable.values()).map(ResultVariable::variable).collect(Collectors.joining(", "));

    private OnlyCheck() {}

    static void check(String field, String expression, RealtimeModelSpec spec, Findings findings) {
        CelAbstractSyntaxTree ast;
        try {
            CelCompilerBuilder compiler = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(CelOptions.current()
                            .enableHeterogeneousNumericComparisons(true)
                            .build())
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .setResultType(SimpleType.BOOL);
            for (ResultVariable variable : ResultVariable.values()) {
                compiler.addVar(variable.variable(), type(variable));
            }
            ast = compiler.build().compile(expression).getAst();
        } catch (CelValidationException e) {
            findings.error(
                    field,
                    Reason.ExpressionInvalid,
                    e.getMessage() + "; it must be a condition on " + NAMES + ", like \"label == 'anomaly'\"");
            return;
        }
        CelNavigableAst.fromAst(ast).getRoot().allNodes().forEach(node -> uses(field, node, spec, findings));
    }

    private static CelType type(ResultVariable variable) {
        return switch (variable) {
            case LABEL -> SimpleType.STRING;
            case SCORE -> SimpleType.DOUBLE;
            case ENTITIES -> MapType.create(SimpleType.STRING, SimpleType.STRING);
            case OUTPUTS, INPUTS -> MapType.create(SimpleType.STRING, SimpleType.DYN);
        };
    }

    /** What compiles and yet could never be there. */
    private static void uses(String field, CelNavigableExpr node, RealtimeModelSpec spec, Findings findings) {
        if (node.getKind() == Kind.IDENT
                && node.expr().ident().name().equals(ResultVariable.LABEL.variable())
                && (spec.getPostProcessing() == null || spec.getPostProcessing().getThreshold() == null)) {
            findings.error(
                    field,
                    Reason.ExpressionInvalid,
                    "label is given by postProcessing.threshold, which is absent; add it, or use outputs");
        }
        FeaturesSpec features = spec.getFeatures();
        if (node.getKind() != Kind.SELECT || features == null) {
            return;
        }
        var select = node.expr().select();
        if (select.operand().getKind() != Kind.IDENT) {
            return;
        }
        String of = select.operand().ident().name();
        if (of.equals(ResultVariable.INPUTS.variable())) {
            known(
                    field,
                    "inputs." + select.field(),
                    select.field(),
                    "features.request",
                    features.getRequest().stream()
                            .map(RequestFieldSpec::getName)
                            .toList(),
                    findings);
        } else if (of.equals(ResultVariable.ENTITIES.variable())) {
            known(
                    field,
                    "entities." + select.field(),
                    select.field(),
                    "features.entities[].keys",
                    features.getEntities().stream()
                            .map(EntitySpec::getKeys)
                            .flatMap(List::stream)
                            .map(EntityKeySpec::getName)
                            .toList(),
                    findings);
        }
    }

    private static void known(
            String field, String used, String name, String where, List<String> names, Findings findings) {
        if (!names.contains(name)) {
            findings.error(
                    field,
                    Reason.ExpressionInvalid,
                    used + " is not there: " + where + " has " + names + "; use one of them or add it there");
        }
    }
}
