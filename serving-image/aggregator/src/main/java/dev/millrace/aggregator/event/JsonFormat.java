package dev.millrace.aggregator.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;

/** One JSON object. */
final class JsonFormat implements RecordFormat {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(new TypeReference<Map<String, Object>>() {});

    @Override
    public Map<String, Object> fields(byte[] value, EventHeaders headers) throws RejectedEventException {
        return parse(value);
    }

    static Map<String, Object> parse(byte[] value) throws RejectedEventException {
        try {
            Map<String, Object> fields = JSON.readValue(value);
            if (fields == null) {
                throw new RejectedEventException(RejectReason.NOT_JSON, "the value is null, not a JSON object");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new RejectedEventException(
                    RejectReason.NOT_JSON, "not a JSON object: " + Texts.brief(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new RejectedEventException(
                    RejectReason.NOT_JSON, "not a JSON object: " + Texts.brief(e.getMessage()));
        }
    }
}
