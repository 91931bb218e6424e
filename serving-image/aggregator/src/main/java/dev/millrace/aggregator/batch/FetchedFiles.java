package dev.millrace.aggregator.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All files of a run at once. */
record FetchedFiles(List<BatchSource.Fetched> files) implements AutoCloseable {

    static FetchedFiles of(BatchSource source, List<SourceFile> files) throws SourceException {
        FetchedFiles fetched = new FetchedFiles(new ArrayList<>());
        boolean complete = false;
        try {
            for (SourceFile file : files) {
                fetched.files.add(source.fetch(file));
            }
            complete = true;
            return fetched;
        } finally {
            if (!complete) {
                fetched.close();
            }
        }
    }

    List<Path> paths() {
        return files.stream().map(BatchSource.Fetched::path).toList();
    }

    @Override
    public void close() throws SourceException {
        for (BatchSource.Fetched file : files) {
            file.close();
        }
    }
}
