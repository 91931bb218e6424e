package dev.millrace.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client asks of the API server, in the words of RBAC: {@code group/resource verb}. */
final class Requests implements Interceptor {

    private static final Pattern PATH = Pattern.compile("/(?:api|apis/(?<group>[^/]+))/[^/]+"
            + "(?:/namespaces/[^/]+)?/(?<resource>[a-z]+)(?:/(?<name>[^/]+))?(?:/(?<part>[a-z]+))?");

    private final Set<String> used = new ConcurrentSkipListSet<>();
    private final Set<String> refused = new ConcurrentSkipListSet<>();

    Set<String> used() {
        return Set.copyOf(used);
    }

    Set<String> refused() {
        return Set.copyOf(refused);
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        add(used, request.uri(), verb(request));
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
        if (response.code() == HttpURLConnection.HTTP_FORBIDDEN) {
            add(refused, request.uri(), verb(request));
        }
        // an apply that finds nothing creates, and is asked whether it may
        if (request.method().equals("PATCH") && response.code() == HttpURLConnection.HTTP_CREATED) {
            add(used, request.uri(), "create");
        }
    }

    private static void add(Set<String> to, URI uri, @Nullable String verb) {
        Matcher path = PATH.matcher(uri.getPath());
        if (verb != null && path.matches()) {
            String group = path.group("group") == null ? "" : path.group("group");
            String part = path.group("part") == null ? "" : "/" + path.group("part");
            to.add(group + "/" + path.group("resource") + part + " " + verb);
        }
    }

    private static @Nullable String verb(HttpRequest request) {
        Matcher path = PATH.matcher(request.uri().getPath());
        boolean named = path.matches() && path.group("name") != null;
        String query = request.uri().getQuery() == null ? "" : request.uri().getQuery();
        return switch (request.method()) {
            case "GET" -> named ? "get" : query.contains("watch=true") ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> named ? "delete" : "deletecollection";
            default -> null;
        };
    }
}
