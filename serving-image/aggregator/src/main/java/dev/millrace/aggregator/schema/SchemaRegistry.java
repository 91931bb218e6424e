package dev.millrace.aggregator.schema;

/** Where schemas come from. */
@FunctionalInterface
public interface SchemaRegistry {
    /**
     * @throws SchemaUnavailableException when it is not known or nobody answers; the message names the registry, and says
     *     which of the two and what to do
     */
    SchemaText fetch(int id) throws SchemaUnavailableException, InterruptedException;
}
