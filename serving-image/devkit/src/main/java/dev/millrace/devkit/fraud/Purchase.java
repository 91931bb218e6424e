package dev.millrace.devkit.fraud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/**
 * One card purchase with its ground truth.
 *
 * @param mcc merchant category code
 * @param amount in the customer's currency, two decimals
 * @param country where the merchant is, ISO 3166 alpha-2
 * @param foreign whether that is not the customer's country
 * @param status {@code OK} or {@code DECLINED}; declined ones are no part of the features
 * @param ts event time, ms since the epoch
 * @param pattern the truth, which no event carries
 */
public record Purchase(
        String id,
        String customerId,
        String merchantId,
        int mcc,
        double amount,
        String country,
        boolean foreign,
        boolean cardPresent,
        String status,
        long ts,
        Pattern pattern) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What a purchase really was. */
    public enum Pattern {
        NORMAL,
        /** A stolen card used again and again within minutes, at ever other merchants. */
        BURST,
        /** Many tiny purchases that try whether a card number works, then large ones. */
        CARD_TESTING,
        /** A few purchases abroad, above the customer's habit. */
        FOREIGN,
        /** Large payments to a few merchants that pass the money on. */
        MULE;

        public boolean isFraud() {
            return this != NORMAL;
        }
    }

    /** The event as it stands in the topic: one line of JSON. */
    public String toJson() {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("id", id);
        json.put("customer_id", customerId);
        json.put("merchant_id", merchantId);
        json.put("mcc", mcc);
        json.put("amount", BigDecimal.valueOf(amount));
        json.put("country", country);
        json.put("card_present", cardPresent);
        json.put("status", status);
        json.put("ts", ts);
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always JSON", e);
        }
    }
}
