package dev.millrace.operator.events;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events. The name follows from object and reason, so that the same thing happening again raises a count instead
 * of making another Event.
 */
public final class EventRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String COMPONENT = "millrace";
    /** The API server's bound. */
    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;
    private final InstantSource clock;

    public EventRecorder(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** One Event for each condition that says something else than the stored status does. */
    public void changed(RealtimeModel model, @Nullable RealtimeModelStatus stored, RealtimeModelStatus now) {
        for (Change change : Change.between(stored, now)) {
            record(model, change);
        }
    }

    /** Tells that a Deployment has another number of pods, and why. */
    public void scaled(RealtimeModel model, String deployment, String why) {
        record(model, new Change(false, "Scaled", "Deployment " + deployment + ": " + why));
    }

    private void record(RealtimeModel model, Change change) {
        String namespace = model.getMetadata().getNamespace();
        String name = name(model, change);
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String message =
                change.message().length() > MAX_MESSAGE ? change.message().substring(0, MAX_MESSAGE) : change.message();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(model.getApiVersion())
                .withKind(model.getKind())
                .withName(model.getMetadata().getName())
                .withNamespace(namespace)
                .withUid(model.getMetadata().getUid())
                .endInvolvedObject()
                .withType(change.warning() ? "Warning" : "Normal")
                .withReason(change.reason())
                .withMessage(message)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withReportingComponent(COMPONENT)
                .withReportingInstance(COMPONENT)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .build();
        try {
            client.v1().events().inNamespace(namespace).resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                again(event);
            } else {
                LOG.warn("cannot write Event {} {}: {}", change.reason(), message, e.getMessage());
            }
        }
    }

    private void again(Event event) {
        try {
            client.v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .withName(event.getMetadata().getName())
                    .edit(old -> new EventBuilder(old)
                            .withCount((old.getCount() == null ? 1 : old.getCount()) + 1)
                            .withLastTimestamp(event.getLastTimestamp())
                            .withMessage(event.getMessage())
                            .build());
        } catch (KubernetesClientException e) {
            LOG.warn("cannot update Event {}: {}", event.getReason(), e.getMessage());
        }
    }

    private static String name(RealtimeModel model, Change change) {
        String key = model.getMetadata().getUid() + "/" + change.reason() + "/" + change.warning();
        String hash = Long.toHexString(
                UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits());
        return model.getMetadata().getName() + "." + hash;
    }
}
