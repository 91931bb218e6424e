package dev.millrace.operator;

import dev.millrace.operator.stack.Stack;
import dev.millrace.plan.resources.StoreSecret;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes the managed store's Secret. The operator may only create Secrets, so it cannot look whether one is there: it
 * tries while the store is not ready, which a converged stack is, and takes "exists" for an answer.
 */
final class StoreSecrets {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 40;

    private final SecureRandom random = new SecureRandom();

    void ensure(KubernetesClient client, Stack stack, @Nullable StatefulSet store) {
        if (isReady(store)) {
            return;
        }
        Secret secret = StoreSecret.of(stack.plan(), password());
        if (secret == null) {
            return;
        }
        try {
            client.resource(secret).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private static boolean isReady(@Nullable StatefulSet store) {
        return store != null
                && store.getStatus() != null
                && store.getStatus().getReadyReplicas() != null
                && store.getStatus().getReadyReplicas() > 0;
    }

    private String password() {
        StringBuilder password = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return password.toString();
    }
}
