package dev.millrace.aggregator.batch;

import java.util.List;

/**
 * What a run reads, as its first worker found it: the others, and whoever takes over, read the same, whatever is put
 * beside it meanwhile.
 *
 * @param workers among whom the files are divided
 */
public record Listing(List<SourceFile> files, int workers) {

    /** Files of one worker, in order: every so many. */
    List<SourceFile> of(int worker) {
        return java.util.stream.IntStream.range(0, files.size())
                .filter(i -> i % workers == worker)
                .mapToObj(files::get)
                .toList();
    }
}
