package dev.millrace.operator.status;

import dev.millrace.operator.status.Workloads.Trouble;
import dev.millrace.plan.resources.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Whether a part does not work as it should, even while the stack answers. Abnormal-true. Informs. */
final class DegradedVerdict {

    private DegradedVerdict() {}

    /** @param verdicts what counts for Ready: trouble that no pod can tell, such as a failed load */
    static Verdict of(World world, List<Verdict> verdicts) {
        if (world.stack().plan().suspended()) {
            return Verdict.not(ConditionType.Degraded, Reason.Suspended, "spec.suspend is true: nothing runs");
        }
        List<Trouble> all = new ArrayList<>(Troubles.servers(world.observation()));
        all.addAll(Troubles.aggregators(world.observation()));
        world.observation()
                .of(Labels.STORE)
                .map(Workloads::trouble)
                .filter(Objects::nonNull)
                .forEach(all::add);
        verdicts.stream()
                .filter(v -> v.type().countsForReady() && !v.ok() && !v.reason().isOnTheWay())
                .filter(v -> all.stream().noneMatch(t -> t.reason() == v.reason()))
                .map(v -> new Trouble(v.reason(), v.message()))
                .forEach(all::add);
        all.sort(Troubles.WORST_FIRST);
        if (all.isEmpty()) {
            return Verdict.not(ConditionType.Degraded, Reason.AsExpected, "no part says that anything is wrong");
        }
        Trouble worst = all.get(0);
        String others = all.size() == 1 ? "" : " (the worst of " + all.size() + ")";
        return Verdict.ok(ConditionType.Degraded, worst.reason(), worst.message() + others);
    }
}
