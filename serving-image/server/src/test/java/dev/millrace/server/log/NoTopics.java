package dev.millrace.server.log;

import java.util.Map;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.CreateTopicPolicy;

/** A broker's policy: topics are created by people who have a ticket for it. */
public final class NoTopics implements CreateTopicPolicy {
    @Override
    public void validate(RequestMetadata request) {
        if (!request.topic().startsWith("by-hand-") && !request.topic().startsWith("__")) {
            throw new PolicyViolationException("topics need a ticket");
        }
    }

    @Override
    public void configure(Map<String, ?> configs) {
        // nothing to set
    }

    @Override
    public void close() {
        // nothing to end
    }
}
