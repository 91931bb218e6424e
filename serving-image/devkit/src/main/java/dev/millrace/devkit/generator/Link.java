package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;

/** One connection to the server. Lives on the generator's thread. */
abstract class Link {
    /** What a link tells its owner. */
    interface Owner {
        /** Once per call, unless the link ended first. {@code flagged}: a fallback answered. */
        void answered(Link link, long intendedNs, int status, boolean flagged);

        /** Once: no more calls. {@code underWay}: intended times of the calls that it takes along. */
        void ended(Link link, long[] underWay);
    }

    /** Whether the owner's list of links with room holds it. */
    private boolean listed;

    abstract boolean hasRoom();

    /** {@code payload} is shared: the link takes a duplicate. */
    abstract void send(ByteBuf payload, long intendedNs);

    abstract void close();

    final boolean isListed() {
        return listed;
    }

    final void listed(boolean is) {
        listed = is;
    }
}
