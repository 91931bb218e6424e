package dev.millrace.aggregator.batch;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One file at an {@code https} address. */
final class HttpsSource implements BatchSource {
    private final String address;
    private final Download download;

    HttpsSource(String address, Credentials credentials, Path scratch) throws SourceException {
        this.address = address;
        String authorization = credentials.authorization();
        Http.Signer signer = (uri, headers) -> {
            if (authorization == null) {
                return headers;
            }
            Map<String, String> all = new HashMap<>(headers);
            all.put("Authorization", authorization);
            return all;
        };
        this.download = new Download(new Http(credentials.caFile()), signer, scratch);
    }

    @Override
    public List<SourceFile> list() {
        return List.of(new SourceFile(address, "", -1));
    }

    @Override
    public Fetched fetch(SourceFile file) throws SourceException {
        return download.get(URI.create(file.name()), Names.copy(file.name()));
    }
}
