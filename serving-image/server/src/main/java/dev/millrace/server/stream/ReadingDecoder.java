package dev.millrace.server.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.CallCheck;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.Reading;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a record's value, one JSON object, to a row: ids and request fields are its fields of the same names. Pure. */
final class ReadingDecoder {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(new TypeReference<Map<String, Object>>() {});

    private final CallCheck check;

    ReadingDecoder(VectorPlan plan) {
        this.check = new CallCheck(plan, 1, 0);
    }

    Reading decode(byte @Nullable [] value) throws DeadReading {
        if (value == null || value.length == 0) {
            throw new DeadReading(DeadReason.EmptyValue, "the record has no value");
        }
        Map<String, Object> fields = fields(value);
        return new Reading(ids(fields), inputs(fields));
    }

    private Map<String, String> ids(Map<String, Object> fields) throws DeadReading {
        try {
            return check.readingIds(fields);
        } catch (CallException e) {
            throw new DeadReading(DeadReason.InvalidEntityKey, e.getMessage());
        }
    }

    private double[] inputs(Map<String, Object> fields) throws DeadReading {
        try {
            return check.readingInputs(fields);
        } catch (CallException e) {
            throw new DeadReading(DeadReason.InvalidInput, e.getMessage());
        }
    }

    private static Map<String, Object> fields(byte[] value) throws DeadReading {
        try {
            Map<String, Object> fields = JSON.readValue(value);
            if (fields == null) {
                throw new DeadReading(DeadReason.NotJson, "the value is null, not a JSON object");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new DeadReading(DeadReason.NotJson, "not a JSON object: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new DeadReading(DeadReason.NotJson, "not a JSON object: " + e.getMessage());
        }
    }
}
