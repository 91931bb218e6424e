package dev.millrace.devkit.generator;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * As many connections as the calls under way need, up to a bound. Every call has one at once, or waits and is counted as
 * having waited. Lives on the generator's one thread.
 */
final class Connections implements Link.Owner {
    private final Bootstrap bootstrap;
    private final Target target;
    private final Payloads payloads;
    private final boolean readFlags;
    private final int max;
    private final Http2Headers grpcHeaders;
    private final Set<Link> open = new HashSet<>();
    private final ArrayDeque<Link> withRoom = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private Recorder recorder = new Recorder(Long.MAX_VALUE);
    private Consumer<Link> afterAnswer = link -> {};
    private int opening;
    private int underWay;

    /** @param readFlags look for fallbacks in the answers */
    Connections(EventLoopGroup group, Target target, Payloads payloads, int max, boolean readFlags) {
        this.target = target;
        this.payloads = payloads;
        this.max = max;
        this.readFlags = readFlags;
        this.grpcHeaders = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .path(target.path())
                .authority(target.authority())
                .set("content-type", "application/grpc")
                .set("te", "trailers");
        this.bootstrap = new Bootstrap()
                .group(group)
                .channel(Transport.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // the link adds its own once the channel is open
                    }
                });
    }

    /** What follows is another run: counted by {@code next}. */
    void begin(Recorder next, Consumer<Link> then) {
        recorder = next;
        afterAnswer = then;
    }

    void open(int count) {
        for (int i = open.size() + opening; i < count; i++) {
            connect();
        }
    }

    int count() {
        return open.size();
    }

    /** Calls that are neither answered nor lost. */
    int underWay() {
        return underWay;
    }

    /** One call, due at {@code intendedNs}. */
    void call(long intendedNs) {
        recorder.called();
        underWay++;
        Link link = withRoom.pollFirst();
        if (link != null) {
            link.listed(false);
            send(link, intendedNs);
            return;
        }
        waiting.add(intendedNs);
        if (open.size() + opening < max) {
            connect();
        } else {
            recorder.waited();
        }
    }

    private void send(Link link, long intendedNs) {
        recorder.sent(System.nanoTime() - intendedNs);
        link.send(payloads.next(), intendedNs);
        offer(link);
    }

    private void offer(Link link) {
        while (link.hasRoom() && !waiting.isEmpty()) {
            long intendedNs = waiting.poll();
            recorder.sent(System.nanoTime() - intendedNs);
            link.send(payloads.next(), intendedNs);
        }
        if (link.hasRoom() && !link.isListed()) {
            link.listed(true);
            withRoom.addLast(link);
        }
    }

    private void connect() {
        opening++;
        bootstrap.connect(target.address()).addListener((ChannelFuture connected) -> {
            opening--;
            if (connected.isSuccess()) {
                Channel channel = connected.channel();
                Link link = target.grpc()
                        ? new GrpcLink(channel, grpcHeaders, this, readFlags)
                        : new HttpLink(channel, this, readFlags);
                open.add(link);
                offer(link);
            } else if (!waiting.isEmpty()) {
                lost(waiting.poll());
            }
        });
    }

    @Override
    public void answered(Link link, long intendedNs, int status, boolean flagged) {
        underWay--;
        recorder.answered(status, flagged, System.nanoTime() - intendedNs);
        offer(link);
        afterAnswer.accept(link);
    }

    @Override
    public void ended(Link link, long[] taken) {
        open.remove(link);
        if (link.isListed()) {
            link.listed(false);
            withRoom.remove(link);
        }
        for (long intendedNs : taken) {
            lost(intendedNs);
            afterAnswer.accept(link);
        }
        // those that counted on its room
        for (int i = opening; i < waiting.size() && open.size() + opening < max; i++) {
            connect();
        }
    }

    private void lost(long intendedNs) {
        underWay--;
        recorder.answered(Status.BROKEN, false, System.nanoTime() - intendedNs);
    }

    /** Ends all; calls under way are counted as without an answer. */
    void close() {
        while (underWay > 0) {
            underWay--;
            recorder.answered(Status.UNANSWERED, false, 0);
        }
        recorder = new Recorder(Long.MAX_VALUE);
        afterAnswer = link -> {};
        waiting.clear();
        for (Link link : Set.copyOf(open)) {
            link.close();
        }
    }
}
