package dev.millrace.server.features;

/** Is told how the store does. Called on every event loop. */
public interface StoreObserver {
    /** The breaker of one event loop changed; names are {@code closed}, {@code open} and {@code half_open}. */
    void moved(String from, String to);

    /** A read was sent once more; {@code won}: that answered, and before the first did. */
    void hedged(boolean won);

    StoreObserver NONE = new StoreObserver() {
        @Override
        public void moved(String from, String to) {}

        @Override
        public void hedged(boolean won) {}
    };
}
