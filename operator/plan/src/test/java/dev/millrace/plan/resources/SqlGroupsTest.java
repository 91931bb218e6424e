package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What an sql group adds to a stack: a Secret as files, and a part of the servers' document. */
@NullUnmarked // what is null here fails the test
class SqlGroupsTest {
    private static final String GROUP = "{name: notes, entity: customer, sql: {secretRef: {name: pg},"
            + " query: \"select score from notes where id = $1\"%s},"
            + " columns: [{name: score, datatype: FP32, default: \"0\"}], ttl: 1d, freshness: {maxAge: 2h}}";

    private static String notes(String more) {
        return "spec.features.groups[2]: " + GROUP.formatted(more);
    }

    private static FeatureGroup group(StackPlan plan) {
        return plan.servingConfig(Placement.kubernetes(plan)).features().groups().stream()
                .filter(g -> g.name().equals("notes"))
                .findFirst()
                .orElseThrow();
    }

    private static FeatureGroup.Sql sql(long refreshMs, long timeoutMs, int maxConnections, int maxEntries) {
        return new FeatureGroup.Sql(
                "/etc/millrace/sql/notes",
                "select score from notes where id = $1",
                refreshMs,
                timeoutMs,
                maxConnections,
                maxEntries);
    }

    @Test
    void theServersDocumentHasTheQueryAndItsBounds() {
        FeatureGroup byDefault = group(Specs.plan(notes("")));
        assertThat(byDefault.sql()).isEqualTo(sql(3_600_000, 200, 4, 50_000));
        assertThat(byDefault.maxAgeMs()).isEqualTo(7_200_000);
        assertThat(group(Specs.plan(notes(", refresh: 5m, timeout: 1s, maxConnections: 2, maxEntries: 1000")))
                        .sql())
                .isEqualTo(sql(300_000, 1_000, 2, 1_000));
    }

    @Test
    void theSecretIsMountedIntoServersAlone() {
        StackPlan plan = Specs.plan(notes(""));
        SecretProjection secret = ServerDeployment.of(plan).getSpec().getTemplate().getSpec().getVolumes().stream()
                .filter(v -> v.getProjected() != null)
                .flatMap(v -> v.getProjected().getSources().stream())
                .map(VolumeProjection::getSecret)
                .filter(Objects::nonNull)
                .filter(s -> s.getName().equals("pg"))
                .findFirst()
                .orElseThrow();
        assertThat(secret.getOptional()).as("a server without it answers").isTrue();
        assertThat(secret.getItems())
                .extracting(KeyToPath::getPath)
                .contains("sql/notes/uri", "sql/notes/password", "sql/notes/sslmode", "sql/notes/ca.crt");
        assertThat(Yaml.print(AggregatorDeployment.of(plan))).doesNotContain("sql/");
        assertThat(Yaml.print(AggregatorConfigMap.of(plan))).doesNotContain("notes");
    }

    @Test
    void anotherQueryIsAnotherRevision() {
        String revision = group(Specs.plan(notes(""))).revision();
        assertThat(group(Specs.plan(notes(", refresh: 5m"))).revision()).isEqualTo(revision);
        assertThat(group(Specs.plan(notes("").replace("where id", "where key"))).revision())
                .isNotEqualTo(revision);
    }

    @Test
    void aSpecWithoutOneIsWrittenAsBefore() {
        StackPlan plan = Specs.plan();
        assertThat(Yaml.print(ServerConfigMap.of(plan))).doesNotContain("sql");
        assertThat(Yaml.print(ServerDeployment.of(plan))).doesNotContain("sql");
    }

    @Test
    void aStackOfSqlGroupsAloneRunsNoStore() {
        StackPlan plan = Specs.plan(
                "spec.features.groups: [" + GROUP.formatted("") + "]", "spec.features.vector: [amount, notes.score]");
        assertThat(plan.hasManagedStore()).isFalse();
        assertThat(Resources.all(plan))
                .extracting(HasMetadata::getKind)
                .contains("Deployment")
                .doesNotContainAnyElementsOf(List.of("StatefulSet"));
        assertThat(Yaml.print(ServerDeployment.of(plan))).doesNotContain("store/password");
    }
}
