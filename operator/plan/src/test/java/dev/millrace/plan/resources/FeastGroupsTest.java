package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What a store of Feast's makes of the documents. */
@NullUnmarked // what is null here fails the test
class FeastGroupsTest {
    private static final String STORE =
            "spec.features.store: {external: {address: \"redis://feast:6379\", format: feast-v3, project: shop%s}}";
    private static final String VIEW = "spec.features.groups[2]: {name: stats, entity: customer, feast: {%s},"
            + " columns: [{name: score, datatype: FP32, default: \"0\"}], ttl: 36h, freshness: {maxAge: 26h}}";

    private static StackPlan plan(String store, String view) {
        return Specs.plan(STORE.formatted(store), VIEW.formatted(view));
    }

    private static FeatureGroup group(StackPlan plan, String name) {
        return plan.servingConfig(Placement.kubernetes(plan)).features().groups().stream()
                .filter(g -> g.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void namesComeFromGroupAndEntity() {
        StackPlan plan = plan("", "");
        assertThat(group(plan, "stats").feast())
                .isEqualTo(new FeatureGroup.Feast("shop", "stats", List.of("customer_id"), null));
        assertThat(group(plan, "purchases").feast())
                .isEqualTo(new FeatureGroup.Feast("shop", "purchases", List.of("customer_id"), null));
        assertThat(group(plan(", keyTtl: 30d", "view: stats_v2, joinKeys: [cust]"), "stats")
                        .feast())
                .isEqualTo(new FeatureGroup.Feast("shop", "stats_v2", List.of("cust"), 2_592_000_000L));
    }

    @Test
    void whatFeastWritesConcernsTheServerAlone() {
        StackPlan plan = plan("", "");
        AggregatorConfig config = plan.aggregatorConfig(Placement.kubernetes(plan));
        assertThat(config.groups()).extracting(FeatureGroup::name).containsExactly("purchases", "profile");
        assertThat(config.groups()).extracting(g -> g.feast().view()).containsExactly("purchases", "profile");
        assertThat(Yaml.print(ServerConfigMap.of(plan))).contains("\"view\"");
    }

    @Test
    void anotherPlaceIsAnotherRevision() {
        String revision = group(plan("", ""), "purchases").revision();
        assertThat(group(plan(", keyTtl: 30d", ""), "purchases").revision()).isEqualTo(revision);
        assertThat(group(Specs.plan(STORE.formatted("").replace("shop", "other")), "purchases")
                        .revision())
                .isNotEqualTo(revision);
        assertThat(group(Specs.plan(), "purchases").revision()).isNotEqualTo(revision);
    }

    @Test
    void aNativeStoreIsWrittenAsBefore() {
        assertThat(Yaml.print(ServerConfigMap.of(Specs.plan()))).doesNotContain("feast", "joinKeys");
    }
}
