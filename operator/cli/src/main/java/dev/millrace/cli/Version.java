package dev.millrace.cli;

import picocli.CommandLine.IVersionProvider;

/** The build's version, from the jar's manifest; {@code dev} when run from classes. */
public final class Version implements IVersionProvider {
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + current()};
    }
}
