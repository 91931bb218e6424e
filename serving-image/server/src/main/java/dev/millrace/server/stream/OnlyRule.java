package dev.millrace.server.stream;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ResultVariable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code streamInference.only}: CEL over a result. It is total: what is not a truth value sends the reading to the dead letter
 * topic, because a result that nobody can decide on must be seen by a person. Pure.
 */
final class OnlyRule {
    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    private final @Nullable String expression;
    private final CelRuntime.@Nullable Program program;

    private OnlyRule(@Nullable String expression, CelRuntime.@Nullable Program program) {
        this.expression = expression;
        this.program = program;
    }

    /**
     * @param expression null = every result is wanted
     * @throws ConfigException in CEL's own words
     */
    static OnlyRule of(@Nullable String expression) {
        if (expression == null || expression.isBlank()) {
            return new OnlyRule(null, null);
        }
        try {
            var compiler = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .setResultType(SimpleType.BOOL);
            for (ResultVariable variable : ResultVariable.values()) {
                compiler.addVar(
                        variable.variable(),
                        switch (variable) {
                            case LABEL -> SimpleType.STRING;
                            case SCORE -> SimpleType.DOUBLE;
                            case ENTITIES -> MapType.create(SimpleType.STRING, SimpleType.STRING);
                            case OUTPUTS, INPUTS -> MapType.create(SimpleType.STRING, SimpleType.DYN);
                        });
            }
            CelAbstractSyntaxTree ast = compiler.build().compile(expression).getAst();
            CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .build();
            return new OnlyRule(expression, runtime.createProgram(ast));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new ConfigException("streamInference.only: " + e.getMessage(), e);
        }
    }

    /** Whether the result is written; {@code result} by the names of {@link ResultVariable}. */
    boolean wants(Map<String, Object> result) throws DeadReading {
        CelRuntime.Program compiled = program;
        if (compiled == null) {
            return true;
        }
        Object answer;
        try {
            answer = compiled.eval(result);
        } catch (CelEvaluationException | RuntimeException e) {
            throw new DeadReading(DeadReason.OnlyError, "only " + expression + ": " + e.getMessage());
        }
        if (answer instanceof Boolean yes) {
            return yes;
        }
        throw new DeadReading(DeadReason.OnlyError, "only " + expression + " gave " + answer + ", not a truth value");
    }

    /** Whether results must be looked at, at all. */
    boolean isGiven() {
        return program != null;
    }
}
