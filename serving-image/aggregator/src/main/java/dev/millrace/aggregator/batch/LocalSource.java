package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of a mounted volume. */
final class LocalSource implements BatchSource {
    private final String path;
    private final BatchFormat format;

    LocalSource(String path, BatchFormat format) {
        this.path = path;
        this.format = format;
    }

    @Override
    public List<SourceFile> list() throws SourceException {
        List<SourceFile> files = new ArrayList<>();
        for (Path file : BatchFiles.find(path, format)) {
            files.add(new SourceFile(file.toString(), tag(file), size(file)));
        }
        return BatchSource.checked(files, path, format);
    }

    @Override
    public Fetched fetch(SourceFile file) throws SourceException {
        Path local = Path.of(file.name());
        return new Fetched(local, tag(local), false);
    }

    private static String tag(Path file) throws SourceException {
        try {
            return Files.size(file) + "-" + Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static long size(Path file) throws SourceException {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SourceException unreadable(Path file, IOException e) {
        return new SourceException(file + ": cannot be read, it was there when the run began: " + e.getMessage(), e);
    }
}
