package dev.millrace.contract.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.feature.ValueHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeastViewTest {
    static final Entity USER = new Entity("user", List.of(new EntityKey("user_id", "INT64")));

    static final FeatureGroup.Feast FEAST = new FeatureGroup.Feast("fraud", "user_txn_stats", List.of("user_id"), null);

    private static final long HOUR = 3_600_000;

    static FeatureGroup group(
            FeatureGroup.@Nullable Stream stream, List<Aggregation> aggregations, List<Column> columns) {
        return new FeatureGroup(
                "stats",
                "user",
                "7f3a",
                stream,
                null,
                aggregations,
                columns,
                36 * HOUR,
                null,
                null,
                null,
                "Default",
                "Serve",
                null,
                FEAST);
    }

    private static FeatureGroup stream(Aggregation... aggregations) {
        return group(
                new FeatureGroup.Stream("purchases", "json", "ts", "ms", 5_000, 60_000, null, "dlq"),
                List.of(aggregations),
                List.of());
    }

    static FeatureGroup columns() {
        return group(
                null,
                List.of(),
                List.of(
                        new Column("txn_count_1h", "INT64", "0"),
                        new Column("ratio", "FP32", null),
                        new Column("vip", "BOOL", null)));
    }

    private static List<byte @Nullable []> reply(@Nullable String... hex) {
        List<byte @Nullable []> reply = new ArrayList<>();
        for (String value : hex) {
            reply.add(value == null ? null : HexFormat.of().parseHex(value));
        }
        return reply;
    }

    @Test
    void fieldsAreThoseOfFeast() {
        FeastView view = FeastView.of(columns(), USER);
        assertThat(HexFormat.of().formatHex(view.fields().get(0))).isEqualTo("22fac24a");
        assertThat(new String(view.fields().get(3), StandardCharsets.UTF_8)).isEqualTo("_ts:user_txn_stats");
        assertThat(new String(view.fields().get(4), StandardCharsets.UTF_8)).isEqualTo("_mrv:user_txn_stats");
    }

    @Test
    void aReplyGivesNumbersNullsAndTheTime() {
        FeastView view = FeastView.of(columns(), USER);
        FeastView.Row row = view.read(reply("2011", null, "", "0880f2d6ca0610c0a9d33a", null));
        assertThat(row.values()).containsExactly(17, Double.NaN, Double.NaN);
        assertThat(row.nulls().stream().boxed()).containsExactly(2);
        assertThat(row.eventTimeMs()).isEqualTo(1_767_225_600_123L);
        assertThat(row.header()).isNull();
        assertThat(view.read(reply(null, null, null, null, null))).isSameAs(FeastView.Row.MISSING);
        // the time of a view that has other features
        assertThat(view.read(reply(null, null, null, "0880f2d6ca06", null))).isSameAs(FeastView.Row.MISSING);
    }

    @Test
    void whatIsNoNumberOfItsDatatypeIsCorrupt() {
        FeastView view = FeastView.of(columns(), USER);
        assertThat(view.read(reply("12025553", null, null, null, null))).isSameAs(FeastView.Row.CORRUPT);
        assertThat(view.read(reply("29000000000000e03f", null, null, null, null)))
                .as("half a transaction")
                .isSameAs(FeastView.Row.CORRUPT);
        assertThat(view.read(reply("2011", null, null, "0a00", null))).isSameAs(FeastView.Row.CORRUPT);
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            List<byte @Nullable []> reply = new ArrayList<>();
            for (int f = 0; f < 5; f++) {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                reply.add(random.nextInt(4) == 0 ? null : bytes);
            }
            assertThat(view.read(reply)).isNotNull();
        }
    }

    @Test
    void aRowIsReadAsItWasWritten() {
        FeatureGroup group = columns();
        FeastView view = FeastView.of(group, USER);
        double[] values = {17, 0.1f, Double.NaN};
        byte[] encoded = ColumnCodec.of(group).encode(3, 1_000, 1_767_225_600_123L, 2_000, values);
        FeastView.Row row = view.read(asReply(view, view.arguments(view.finish(encoded, values))));
        assertThat(row.values()).containsExactly(values);
        assertThat(row.nulls().stream().boxed()).containsExactly(2);
        assertThat(row.eventTimeMs()).isEqualTo(1_767_225_600_123L);
        assertThat(row.header()).isNotNull();
        assertThat(Objects.requireNonNull(row.header()).version()).isEqualTo(ValueHeader.version(3, 1_000));
    }

    /** What a store would give back. */
    private static List<byte @Nullable []> asReply(FeastView view, List<byte[]> arguments) {
        List<byte @Nullable []> reply = new ArrayList<>();
        for (byte[] field : view.fields()) {
            for (int i = 0; i < arguments.size(); i++) {
                boolean isName = i == 0 || i >= 3 && (i - 3) % 2 == 0;
                if (isName && Arrays.equals(field, arguments.get(i))) {
                    reply.add(arguments.get(i + 1));
                }
            }
        }
        return reply;
    }

    @Test
    void aStreamsValueIsThatOfItsNewestEvent() {
        FeatureGroup group = stream(
                new Aggregation("count_1h", "count", null, HOUR, Map.of(), "0"),
                new Aggregation("sum_1h", "sum", "amount", HOUR, Map.of(), "0"));
        FeastView view = FeastView.of(group, USER);
        TileLayout layout = TileLayout.of(group);
        TileState state = TileState.empty(layout);
        long t = 1_767_225_600_000L;
        for (int i = 0; i < 5; i++) {
            // the first two fall out of the window of the last
            state.apply(0, i, t + (i < 2 ? 0 : 2 * HOUR) + i, amount(i + 0.5));
        }
        byte[] first = view.finish(state.toValue(1, t + 3 * HOUR, 4));
        FeastView.Row row = view.read(asReply(view, view.arguments(first)));
        assertThat(row.values()).containsExactly(3, 2.5 + 3.5 + 4.5);
        assertThat(row.eventTimeMs()).isEqualTo(t + 2 * HOUR + 4);
        assertThat(row.header()).isNotNull();
        assertThat(Objects.requireNonNull(row.header()).sourcePartition()).isEqualTo(4);
        byte[] later = view.finish(state.toValue(1, t + 3 * HOUR, 4));
        assertThat(later).as("the clock of the write has no part in it").isEqualTo(first);
    }

    private static EventColumns amount(double amount) {
        return new EventColumns() {
            @Override
            public double number(int column) {
                return amount;
            }

            @Override
            public long hash(int column) {
                return 0;
            }

            @Override
            public boolean isNull(int column) {
                return false;
            }
        };
    }

    @Test
    void theLifeOfTheHashIsLeftAloneUnlessItIsSaid() {
        FeatureGroup group = columns();
        FeastView view = FeastView.of(group, USER);
        byte[] encoded = ColumnCodec.of(group).encode(0, 1, 1, 1, new double[] {1, 1, 1});
        assertThat(view.arguments(view.finish(encoded, new double[] {1, 1, 1})).get(2))
                .isEqualTo("0".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatCannotBeRepresentedIsRefused() {
        for (String function : List.of("last_n", "first_n", "time_since_last")) {
            assertThatThrownBy(() -> FeastView.of(
                            stream(new Aggregation(
                                    "x",
                                    function,
                                    function.equals("time_since_last") ? null : "amount",
                                    HOUR,
                                    function.endsWith("_n") ? Map.of("n", "3") : Map.of(),
                                    "0")),
                            USER))
                    .as(function)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("features.groups[stats].aggregations[x].function");
        }
        FeatureGroup twoKeys = new FeatureGroup(
                "stats",
                "user",
                "0",
                null,
                null,
                List.of(),
                columns().columns(),
                1,
                null,
                null,
                null,
                "Default",
                "Serve",
                null,
                new FeatureGroup.Feast("p", "v", List.of("a", "b"), null));
        assertThatThrownBy(() -> FeastView.of(twoKeys, USER))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.groups[stats].feast.joinKeys");
    }
}
