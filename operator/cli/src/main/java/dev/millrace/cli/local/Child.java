package dev.millrace.cli.local;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another main class in this JVM for as long as its parent lives: the parent holds the other end of standard input
 * open, and the kernel closes it however the parent ends, {@code kill -9} included. So no process is ever left behind.
 *
 * <p>Needs nothing but the JDK: it stands on the class path of every child.
 */
public final class Child {
    private static final int STOPPED = 143;

    private Child() {}

    /** {@code args}: the main class, then its own arguments. */
    public static void main(String[] args) throws Throwable {
        Thread watch = new Thread(Child::awaitParentsEnd, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static void awaitParentsEnd() {
        try {
            while (System.in.read() >= 0) {
                // Whatever it says: only the end counts.
            }
        } catch (IOException e) {
            // A broken pipe says the same.
        }
        Runtime.getRuntime().exit(STOPPED);
    }
}
