package dev.millrace.server.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Joins tensors along the first dimension. */
final class Tensors {
    private Tensors() {}

    /** The k-th tensor of every part, one after another, for each k. */
    static List<Tensor> concat(List<List<Tensor>> parts) {
        List<Tensor> first = parts.get(0);
        if (parts.size() == 1) {
            return first;
        }
        List<Tensor> joined = new ArrayList<>(first.size());
        for (int k = 0; k < first.size(); k++) {
            int column = k;
            joined.add(join(parts.stream().map(p -> p.get(column)).toList()));
        }
        return joined;
    }

    static Tensor join(List<Tensor> tensors) {
        Tensor head = tensors.get(0);
        int rows = 0;
        int bytes = 0;
        for (Tensor t : tensors) {
            rows += t.rows();
            bytes += t.data().limit();
        }
        long[] shape = head.shape().clone();
        shape[0] = rows;
        if (head.datatype() == Datatype.BYTES) {
            String[] all =
                    tensors.stream().flatMap(t -> Arrays.stream(t.strings())).toArray(String[]::new);
            return Tensor.of(head.name(), shape, all);
        }
        ByteBuffer data = ByteBuffer.allocate(bytes);
        for (Tensor t : tensors) {
            data.put(t.data().duplicate().rewind());
        }
        return Tensor.of(head.name(), head.datatype(), shape, data.flip());
    }
}
