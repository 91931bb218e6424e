package dev.millrace.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The combinations of edge cases alone would be more than the tries; the random values have edges enough. */
class DocumentPropertiesTest {
    @Provide
    Arbitrary<ServingConfig> serving() {
        return Documents.any(ServingConfig.class);
    }

    @Provide
    Arbitrary<AggregatorConfig> aggregator() {
        return Documents.any(AggregatorConfig.class);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void aServersDocumentIsReadAsItWasWritten(@ForAll("serving") ServingConfig document) {
        roundTrip(document, ServingConfig.class);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void anAggregatorsDocumentIsReadAsItWasWritten(@ForAll("aggregator") AggregatorConfig document) {
        roundTrip(document, AggregatorConfig.class);
    }

    private static <T> void roundTrip(T document, Class<T> type) {
        String json = Json.write(document);
        T read = Json.read(json, type);
        assertThat(read).isEqualTo(document);
        assertThat(Json.write(read)).as("equal documents are equal text").isEqualTo(json);
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void aPartOfAServersDocumentThatIsLeftOutIsNamedUnlessItMayBe(@ForAll("serving") ServingConfig document)
            throws JsonProcessingException {
        everyPartLeftOut(document, ServingConfig.class);
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void aPartOfAnAggregatorsDocumentThatIsLeftOutIsNamedUnlessItMayBe(@ForAll("aggregator") AggregatorConfig document)
            throws JsonProcessingException {
        everyPartLeftOut(document, AggregatorConfig.class);
    }

    private static <T> void everyPartLeftOut(T document, Class<T> type) throws JsonProcessingException {
        for (RecordComponent part : type.getRecordComponents()) {
            ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(Json.write(document));
            tree.remove(part.getName());
            String json = tree.toString();
            boolean optional = Documents.isNullable(part.getAnnotatedType())
                    || part.getType() == List.class
                    || part.getType() == Map.class;
            if (optional) {
                assertThat(new ObjectMapper()
                                .<ObjectNode>valueToTree(Json.read(json, type))
                                .path(part.getName())
                                .isEmpty())
                        .as(part.getName())
                        .isTrue();
            } else {
                assertThatThrownBy(() -> Json.read(json, type))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining(part.getName());
            }
        }
    }
}
