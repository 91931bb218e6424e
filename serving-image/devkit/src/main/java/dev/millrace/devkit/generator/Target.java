package dev.millrace.devkit.generator;

import java.net.InetSocketAddress;
import java.net.URI;

/** Where calls go. */
record Target(InetSocketAddress address, String path, boolean grpc, String contentType) {
    /** @param url {@code http://host:port}; TLS is not spoken */
    static Target of(URI url, String path, boolean grpc, String contentType) {
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException("--url " + url + ": use http://host:port");
        }
        return new Target(new InetSocketAddress(url.getHost(), url.getPort()), path, grpc, contentType);
    }

    String authority() {
        return address.getHostString() + ":" + address.getPort();
    }

    /** The same calls to another server. */
    Target at(InetSocketAddress other) {
        return new Target(other, path, grpc, contentType);
    }
}
