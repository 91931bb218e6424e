package dev.millrace.server;

import dev.millrace.server.engine.LoadException;
import dev.millrace.server.status.ModelControl;
import dev.millrace.server.status.ModelControl.Order;
import dev.millrace.server.status.ModelControl.Residence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the repository extension asks for: takes the model out of memory and brings it back. Used by the starter's thread. */
final class ModelResidence {
    private static final Logger LOG = LoggerFactory.getLogger(ModelResidence.class);

    private final ModelControl control;
    private final Swapper swapper;

    ModelResidence(ModelControl control, Swapper swapper) {
        this.control = control;
        this.swapper = swapper;
    }

    /** The document is followed. */
    boolean isLoaded() {
        return control.residence() == Residence.LOADED;
    }

    void carryOut(Order order) throws InterruptedException {
        switch (order.kind()) {
            case LOAD -> load(order);
            case UNLOAD -> unload(order);
            case NOTHING -> order.done().complete(null);
        }
    }

    private void unload(Order order) {
        if (control.residence() != Residence.UNLOADED) {
            control.enter(Residence.UNLOADING, null);
            swapper.unload();
            control.enter(Residence.UNLOADED, null);
        }
        order.done().complete(null);
    }

    private void load(Order order) throws InterruptedException {
        if (isLoaded()) {
            order.done().complete(null);
            return;
        }
        control.enter(Residence.LOADING, null);
        try {
            swapper.load();
        } catch (LoadException | RuntimeException | OutOfMemoryError e) {
            String why = e instanceof LoadException l ? l.reason() + ": " + l.getMessage() : String.valueOf(e);
            LOG.error("the model is not loaded: {}", why, e);
            control.enter(Residence.UNLOADED, why);
            order.done().completeExceptionally(new IllegalStateException(why));
            return;
        }
        control.enter(Residence.LOADED, null);
        order.done().complete(null);
    }
}
