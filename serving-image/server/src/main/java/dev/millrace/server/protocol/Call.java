package dev.millrace.server.protocol;

import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls that REST takes: the path and method of each. {@code openapi.json} describes the same ones. */
enum Call {
    SERVER(HttpMethod.GET, "/v2"),
    LIVE(HttpMethod.GET, "/v2/health/live"),
    READY(HttpMethod.GET, "/v2/health/ready"),
    MODELS(HttpMethod.GET, "/v2/models"),
    OPENAPI(HttpMethod.GET, "/openapi.json"),
    ONLINE_FEATURES(HttpMethod.POST, "/get-online-features"),
    REPOSITORY_INDEX(HttpMethod.POST, "/v2/repository/index"),
    REPOSITORY_LOAD(HttpMethod.POST, "/v2/repository/models/{model}/load"),
    REPOSITORY_UNLOAD(HttpMethod.POST, "/v2/repository/models/{model}/unload"),
    METADATA(HttpMethod.GET, "/v2/models/{model}"),
    MODEL_READY(HttpMethod.GET, "/v2/models/{model}/ready"),
    CONFIG(HttpMethod.GET, "/v2/models/{model}/config"),
    STATISTICS(HttpMethod.GET, "/v2/models/{model}/stats"),
    CALIBRATION(HttpMethod.GET, "/v2/models/{model}/calibration"),
    INFER(HttpMethod.POST, "/v2/models/{model}/infer"),
    PREDICT(HttpMethod.POST, "/v2/models/{model}/predict"),
    PREDICTION(HttpMethod.GET, "/v2/models/{model}/predictions/{entity}");

    private static final String MODEL = "/v2/models/{model}";
    private static final String ENTITY = "/{entity}";
    private static final String REPOSITORY_MODEL = "/v2/repository/models/{model}/";

    private static final Map<String, Call> FIXED = new HashMap<>();
    /** By what follows the model, or the version, in the path. */
    private static final Map<String, Call> OF_MODEL = new HashMap<>();

    /** By what stands between the model, or the version, and the entity. */
    private static final Map<String, Call> OF_ENTITY = new HashMap<>();

    private static final Map<String, Call> OF_REPOSITORY = new HashMap<>();

    static {
        for (Call c : values()) {
            if (c.path.endsWith(ENTITY)) {
                OF_ENTITY.put(c.path.substring(MODEL.length() + 1, c.path.length() - ENTITY.length()), c);
            } else if (c.isOfModel()) {
                OF_MODEL.put(c.path.equals(MODEL) ? "" : c.path.substring(MODEL.length() + 1), c);
            } else if (c.path.startsWith(REPOSITORY_MODEL)) {
                OF_REPOSITORY.put(c.path.substring(REPOSITORY_MODEL.length()), c);
            } else {
                FIXED.put(c.path, c);
            }
        }
    }

    private final HttpMethod method;
    private final String path;

    Call(HttpMethod method, String path) {
        this.method = method;
        this.path = path;
    }

    /**
     * A call, and what its path names.
     *
     * @param model null = the call is not about a model
     * @param version null = the one that is served
     * @param entity as the path has it, still encoded: several ids stand in it; null = the call is not about an entity
     */
    record Match(Call call, @Nullable String model, @Nullable String version, @Nullable String entity) {}

    /** Null = there is no such path. */
    static @Nullable Match find(String path) {
        Call fixed = FIXED.get(path);
        if (fixed != null) {
            return new Match(fixed, null, null, null);
        }
        // ["", "v2", "models", m, ("versions", v)?, (tail, entity?)?] or ["", "v2", "repository", "models", m, tail]
        String[] parts = path.split("/", -1);
        if (parts.length < 4 || !parts[0].isEmpty() || !parts[1].equals("v2")) {
            return null;
        }
        if (parts[2].equals("repository")) {
            Call call = parts.length == 6 && parts[3].equals("models") ? OF_REPOSITORY.get(parts[5]) : null;
            return call == null ? null : new Match(call, decoded(parts[4]), null, null);
        }
        boolean versioned = parts.length >= 6 && parts[4].equals("versions");
        int at = versioned ? 6 : 4;
        if (!parts[2].equals("models") || parts.length > at + 2) {
            return null;
        }
        boolean ofEntity = parts.length == at + 2 && !parts[at + 1].isEmpty();
        String tail = parts.length > at ? parts[at] : "";
        Call call = parts.length <= at + 1 ? OF_MODEL.get(tail) : ofEntity ? OF_ENTITY.get(tail) : null;
        return call == null
                ? null
                : new Match(
                        call, decoded(parts[3]), versioned ? decoded(parts[5]) : null, ofEntity ? parts[at + 1] : null);
    }

    /**
     * A part of a path.
     *
     * @throws IllegalArgumentException when it is not well encoded
     */
    static String decoded(String part) {
        // a + in a path is a +
        return part.indexOf('%') < 0 ? part : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    boolean isOfModel() {
        return path.startsWith(MODEL);
    }

    HttpMethod method() {
        return method;
    }

    boolean takes(HttpMethod given) {
        return given == method || (method == HttpMethod.GET && given == HttpMethod.HEAD);
    }

    /** Value of the header {@code Allow}. */
    String allow() {
        return method == HttpMethod.GET ? "GET, HEAD" : method.name();
    }

    /** Its paths, as OpenAPI writes them. */
    List<String> templates() {
        return isOfModel()
                ? List.of(path, MODEL + "/versions/{version}" + path.substring(MODEL.length()))
                : List.of(path);
    }
}
