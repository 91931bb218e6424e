package dev.millrace.bench;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Batch;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.Store;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.GroupRead.Result;
import dev.millrace.server.features.VectorAssembler;
import dev.millrace.server.features.VectorPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The values of three groups and four fields of the request, brought into the order that the model expects. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VectorAssemblyBench {
    private static final int GROUPS = 3;
    private static final int FIELDS = 4;
    private static final int CALLS = 1024;
    private static final long NOW = 1_700_000_000_000L;

    /** Places of the vector. */
    @Param({"16", "64"})
    public int width;

    /** How each of the groups was read. */
    @Param({"FRESH", "MISSING"})
    public Result read = Result.FRESH;

    private VectorAssembler assembler = assembler(16);
    private final double[][] requests = new double[CALLS][];
    private final GroupRead[][] reads = new GroupRead[CALLS][];
    private int next;

    /** What is no field of the request is spread over the groups. */
    private static VectorAssembler assembler(int width) {
        List<String> vector = new ArrayList<>();
        List<RequestField> request = new ArrayList<>();
        for (int f = 0; f < FIELDS; f++) {
            vector.add("field_" + f);
            request.add(new RequestField("field_" + f, "FP32", true, null));
        }
        List<FeatureGroup> groups = new ArrayList<>();
        for (int g = 0; g < GROUPS; g++) {
            List<Column> columns = new ArrayList<>();
            for (int c = 0; c <= (width - FIELDS - 1 - g) / GROUPS; c++) {
                columns.add(new Column("column_" + c, "FP32", "0.5"));
                vector.add("group_" + g + ".column_" + c);
            }
            groups.add(group("group_" + g, columns));
        }
        return new VectorAssembler(VectorPlan.of(new Features(
                new Store("redis://127.0.0.1:6379", null, null, null),
                List.of(new Entity("customer", List.of(new EntityKey("customer_id", "STRING")))),
                groups,
                request,
                vector,
                "Default",
                "Serve")));
    }

    private static FeatureGroup group(String name, List<Column> columns) {
        return new FeatureGroup(
                name,
                "customer",
                "0b1c",
                null,
                new Batch("/none", "csv", null),
                List.of(),
                columns,
                86_400_000,
                null,
                null,
                3_600_000L,
                "Default",
                "Serve");
    }

    @Setup
    public void make() {
        assembler = assembler(width);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < CALLS; i++) {
            requests[i] = random.doubles(FIELDS).toArray();
            reads[i] = new GroupRead[GROUPS];
            for (int g = 0; g < GROUPS; g++) {
                double[] values = random.doubles(width).toArray();
                reads[i][g] = read == Result.MISSING
                        ? new GroupRead(read, null, 0, -1)
                        : new GroupRead(read, values, NOW - i, i);
            }
        }
    }

    @Benchmark
    public double[] assemble() {
        int call = next;
        next = (next + 1) % CALLS;
        return assembler.assemble(requests[call], reads[call]).input();
    }
}
