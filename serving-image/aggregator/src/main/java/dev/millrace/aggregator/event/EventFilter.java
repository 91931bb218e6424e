package dev.millrace.aggregator.event;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The {@code filter} of a stream: a CEL expression over the fields of the event, whose types only the event knows. The
 * whole event is {@code event}, so that {@code has(event.coupon)} can ask whether a field is there.
 *
 * <p>It is total: what is not a boolean (a missing field, a comparison of unlike types) rejects the event, because an
 * event that nobody can decide on must be seen by a person.
 */
final class EventFilter {
    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();
    /** Names the event as a whole. */
    private static final String EVENT = "event";

    private final String expression;
    private final CelRuntime.Program program;
    private final boolean wantsEvent;

    private EventFilter(String expression, CelRuntime.Program program, boolean wantsEvent) {
        this.expression = expression;
        this.program = program;
        this.wantsEvent = wantsEvent;
    }

    /** @throws IllegalArgumentException with CEL's own words and the place of the mistake */
    static EventFilter of(String expression) {
        try {
            CelCompiler parser = compiler().build();
            CelAbstractSyntaxTree parsed = parser.parse(expression).getAst();
            // fields have no declared types: every name that stands alone is a variable of any type
            CelCompilerBuilder checker = compiler();
            Set<String> names = new TreeSet<>(CelNavigableAst.fromAst(parsed)
                    .getRoot()
                    .allNodes()
                    .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
                    .map(CelNavigableExpr::expr)
                    .map(expr -> expr.ident().name())
                    .collect(Collectors.toSet()));
            names.forEach(name -> checker.addVar(name, SimpleType.DYN));
            CelAbstractSyntaxTree ast = checker.build().compile(expression).getAst();
            if (!ast.getResultType().equals(SimpleType.BOOL)
                    && !ast.getResultType().equals(SimpleType.DYN)) {
                throw new IllegalArgumentException(
                        "the filter gives " + ast.getResultType().name() + ", not a boolean: " + expression);
            }
            CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .build();
            return new EventFilter(expression, runtime.createProgram(ast), names.contains(EVENT));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("filter: " + e.getMessage(), e);
        }
    }

    private static CelCompilerBuilder compiler() {
        return CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS);
    }

    /** Whether the event counts. */
    boolean test(Map<String, Object> fields) throws RejectedEventException {
        Object answer;
        try {
            answer = wantsEvent && !fields.containsKey(EVENT)
                    ? program.eval(
                            name -> java.util.Optional.ofNullable(name.equals(EVENT) ? fields : fields.get(name)))
                    : program.eval(fields);
        } catch (CelEvaluationException | RuntimeException e) {
            throw new RejectedEventException(
                    RejectReason.FILTER_ERROR, "filter " + expression + ": " + Texts.brief(e.getMessage()));
        }
        if (answer instanceof Boolean yes) {
            return yes;
        }
        throw new RejectedEventException(
                RejectReason.FILTER_ERROR, "filter " + expression + " gave " + Texts.brief(answer) + ", not a boolean");
    }
}
