package dev.millrace.plan.resources;

import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The managed store's password. Created once and never read back or changed by the operator, which may do nothing but
 * create Secrets; deleting it (and restarting store, servers and aggregators) makes a new one.
 */
public final class StoreSecret {
    /** The key with the password alone, for the clients. */
    public static final String PASSWORD = "password";
    /** The key with the password as a line of the store's configuration. */
    static final String AUTH = "auth.conf";

    private StoreSecret() {}

    /**
     * Null when the store is not ours.
     *
     * @param password letters and digits only, because it stands unquoted in a configuration file
     */
    public static @Nullable Secret of(StackPlan plan, String password) {
        if (!plan.hasManagedStore()) {
            return null;
        }
        if (!password.matches("[A-Za-z0-9]{16,128}")) {
            throw new IllegalArgumentException("the store's password must be 16 to 128 letters and digits");
        }
        return new SecretBuilder()
                .withMetadata(Labels.meta(plan, Names.store(plan.name()), Labels.STORE))
                .withType("Opaque")
                .addToData(PASSWORD, base64(password))
                .addToData(AUTH, base64("requirepass " + password + "\n"))
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
