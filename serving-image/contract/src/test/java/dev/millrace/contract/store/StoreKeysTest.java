package dev.millrace.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreKeysTest {
    private static final FeatureGroup GROUP = new FeatureGroup(
            "purchases", "customer", "7f3a", null, null, List.of(), List.of(), 1, null, null, null, "Default", "Serve");
    private static final Entity CUSTOMER = new Entity("customer", List.of(new EntityKey("customer_id", "STRING")));

    @Test
    void keysAreAsTheReferenceWritesThem() {
        String ns = StoreKeys.ns("payments", "fraud");
        assertThat(StoreKeys.value(ns, CUSTOMER, List.of("1001"), GROUP))
                .isEqualTo("mr1:{payments.fraud:customer:1001}:purchases.7f3a");
        assertThat(StoreKeys.meta(ns)).isEqualTo("mr1:{payments.fraud}:meta");
        assertThat(StoreKeys.heartbeat(ns, GROUP, 12)).isEqualTo("mr1:{payments.fraud}:hb:purchases.7f3a:12");
    }

    @Test
    void compositeIdsStandInTheOrderOfTheirNames() {
        Entity pair = new Entity("pair", List.of(new EntityKey("user", "STRING"), new EntityKey("item", "STRING")));
        Entity same = new Entity("pair", List.of(new EntityKey("item", "STRING"), new EntityKey("user", "STRING")));
        String key = StoreKeys.value("n", pair, List.of("u", "i"), GROUP);
        assertThat(key).isEqualTo("mr1:{n:pair:i:u}:purchases.7f3a");
        assertThat(StoreKeys.value("n", same, List.of("i", "u"), GROUP)).isEqualTo(key);
        assertThatThrownBy(() -> StoreKeys.value("n", pair, List.of("u"), GROUP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pair has 2 keys");
    }

    @ParameterizedTest
    @CsvSource({"a:b, a%3Ab", "{x}, %7Bx%7D", "100%, 100%25", "#1, %231", "é☃, é☃", "'', ''", "a b, a b"})
    void reservedCharactersAreEscaped(String id, String escaped) {
        assertThat(StoreKeys.entityKey(List.of(id))).isEqualTo(escaped);
    }

    @Test
    void aLongIdIsHashed() {
        String longId = "x".repeat(65);
        assertThat(StoreKeys.entityKey(List.of("x".repeat(64)))).isEqualTo("x".repeat(64));
        assertThat(StoreKeys.entityKey(List.of(longId))).matches("#[0-9a-f]{32}");
        assertThat(StoreKeys.entityKey(List.of(longId))).isNotEqualTo(StoreKeys.entityKey(List.of(longId + "x")));
        assertThat(StoreKeys.entityKey(List.of("é".repeat(33)))).matches("#[0-9a-f]{32}");
    }

    @Provide
    Arbitrary<List<String>> ids() {
        return Arbitraries.oneOf(
                        Arbitraries.strings()
                                .withChars(':', '%', '{', '}', '#', 'a', '2', '5', 'u', 'D', '\ud800', '\udc00', 'é')
                                .ofMaxLength(6),
                        Arbitraries.strings().ofMaxLength(80))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 5000)
    void differentIdsNeverGiveEqualKeys(@ForAll("ids") List<String> a, @ForAll("ids") List<String> b) {
        byte[] keyA = StoreKeys.entityKey(a).getBytes(StandardCharsets.UTF_8);
        byte[] keyB = StoreKeys.entityKey(b).getBytes(StandardCharsets.UTF_8);
        assertThat(Arrays.equals(keyA, keyB)).isEqualTo(a.equals(b));
    }

    @Property
    void theHashTagIsTheEntity(@ForAll("ids") List<String> ids) {
        Entity entity = new Entity(
                "e",
                IntStream.range(0, ids.size())
                        .mapToObj(i -> new EntityKey("k" + i, "STRING"))
                        .toList());
        String key = StoreKeys.value("n", entity, ids, GROUP);
        // what a cluster hashes: between the first { and the first } behind it
        String tag = key.substring(key.indexOf('{') + 1, key.indexOf('}'));
        assertThat(tag).isEqualTo("n:e:" + StoreKeys.entityKey(ids));
        assertThat(key).isEqualTo("mr1:{" + tag + "}:purchases.7f3a");
    }

    @Test
    void anIdIsWrittenAlikeOnBothSides() {
        EntityKey string = new EntityKey("s", "STRING");
        EntityKey int32 = new EntityKey("i", "INT32");
        EntityKey int64 = new EntityKey("l", "INT64");
        assertThat(StoreKeys.canonicalId(string, "007")).isEqualTo("007");
        assertThat(StoreKeys.canonicalId(string, 7)).isEqualTo("7");
        assertThat(StoreKeys.canonicalId(int64, "007")).isEqualTo("7");
        assertThat(StoreKeys.canonicalId(int64, Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(StoreKeys.canonicalId(int32, "+5")).isEqualTo("5");
        assertThatThrownBy(() -> StoreKeys.canonicalId(int32, 1L << 31)).hasMessageContaining("i must be an integer");
        assertThatThrownBy(() -> StoreKeys.canonicalId(int64, "x")).hasMessageContaining("l must be an integer");
        assertThatThrownBy(() -> StoreKeys.canonicalId(int64, 1.5)).hasMessageContaining("l must be an integer");
        assertThatThrownBy(() -> StoreKeys.canonicalId(string, true)).hasMessageContaining("s must be a string");
    }
}
