package dev.millrace.server.features;

import java.util.List;

/** Has the values of sql groups. For any number of event loops. */
public interface RowSource {
    /** Of a server without such groups. */
    RowSource NONE = (group, ids, nowMs) -> GroupRead.MISSING;

    /**
     * What is in memory of an entity, at once. What is not there, or is to be read again, is seen to beside.
     *
     * @param ids in the order of the entity's keys
     * @param nowMs by the wall clock
     */
    GroupRead read(GroupPlan group, List<String> ids, long nowMs);
}
