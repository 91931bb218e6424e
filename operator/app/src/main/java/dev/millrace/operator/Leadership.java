package dev.millrace.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when this process no longer leads. java-operator-sdk would call {@code System.exit} for both of its
 * causes. In a process that is stopping already that call waits for the shutdown, which waits for the call: the pod hangs
 * until its grace period is over. And it leaves the Lease held, so that nobody leads until it has expired.
 */
final class Leadership {

    /** Also named by the chart's Role. */
    static final String LEASE = "millrace-operator";

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final Runnable halt;
    private final String identity;
    private volatile boolean stopping;

    /**
     * @param pod name of this pod, which is what the Lease shows; null = not in a pod
     * @param halt ends the process at once
     */
    Leadership(KubernetesClient client, @Nullable String pod, Runnable halt) {
        this.client = client;
        this.halt = halt;
        this.identity = pod == null || pod.isBlank() ? UUID.randomUUID().toString() : pod;
    }

    LeaderElectionConfiguration configuration() {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                .withIdentity(identity)
                .withLeaderCallbacks(new LeaderCallbacks(() -> {}, this::ended, leader -> {}))
                // the only way to say it: false = leave the end to the callback
                .buildForTest(false);
    }

    /** From now on the end of leadership is our own doing. To be called before the operator is stopped. */
    void stopping() {
        stopping = true;
    }

    /**
     * On the way out nothing is reconciled any more by now: the next one may lead at once. Otherwise somebody else may
     * lead already, and whatever is under way here must end, as it is.
     */
    private void ended() {
        if (stopping) {
            release();
        } else {
            LOG.error("{} no longer leads: this process ends, its successor starts anew", identity);
            halt.run();
        }
    }

    private void release() {
        LeaseLock lock = new LeaseLock(client.getConfiguration().getNamespace(), LEASE, identity);
        try {
            LeaderElectionRecord held = lock.get(client);
            if (held != null && identity.equals(held.getHolderIdentity())) {
                ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
                // the resourceVersion goes along: a Lease that somebody took meanwhile stays theirs
                lock.update(
                        client,
                        new LeaderElectionRecord("", Duration.ofSeconds(1), now, now, held.getLeaderTransitions()));
                LOG.info("Lease {} released", LEASE);
            }
        } catch (KubernetesClientException e) {
            LOG.warn("Lease {} is not released and expires by itself: {}", LEASE, e.getMessage());
        }
    }
}
