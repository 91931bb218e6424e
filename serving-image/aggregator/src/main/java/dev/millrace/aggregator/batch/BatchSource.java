package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.FeatureGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the files of a group are. */
interface BatchSource {
    /** More would make the run's own record too large. */
    int MAX_FILES = 10_000;

    /** In the order in which they are read. */
    List<SourceFile> list() throws SourceException;

    /** Makes a file readable by its path, until it is closed. */
    Fetched fetch(SourceFile file) throws SourceException;

    /**
     * @param tag of the content that is there now, which need not be the listed one
     * @param copy it goes when it is closed
     */
    record Fetched(Path path, String tag, boolean copy) implements AutoCloseable {
        @Override
        public void close() throws SourceException {
            if (copy) {
                try {
                    Files.deleteIfExists(path);
                    Files.deleteIfExists(Download.tagOf(path));
                } catch (IOException e) {
                    throw new SourceException(path + " cannot be deleted: " + e.getMessage(), e);
                }
            }
        }
    }

    /**
     * @param scratch for copies of what is far away, one file at a time
     * @throws SourceException when the credentials are not there
     */
    static BatchSource of(FeatureGroup.Batch batch, BatchFormat format, Path scratch) throws SourceException {
        String path = batch.path();
        if (path.startsWith("https://")) {
            return new HttpsSource(path, Credentials.of(batch.access()), scratch);
        }
        if (path.startsWith("s3://") || path.startsWith("gs://")) {
            return new BucketSource(path, format, batch.access(), Credentials.of(batch.access()), scratch);
        }
        return new LocalSource(path, format);
    }

    /** @throws SourceException when there are too many, or none */
    static List<SourceFile> checked(List<SourceFile> files, String where, BatchFormat format) throws SourceException {
        if (files.isEmpty()) {
            throw new SourceException(where + ": holds no file that ends with " + String.join(", ", format.endings())
                    + " (format " + format.specName() + ")");
        }
        if (files.size() > MAX_FILES) {
            throw new SourceException(where + ": holds " + files.size() + " files, more than " + MAX_FILES
                    + "; merge them, or narrow the pattern");
        }
        return files;
    }
}
