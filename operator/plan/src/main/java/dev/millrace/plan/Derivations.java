package dev.millrace.plan;

import java.util.ArrayList;
import java.util.List;

/** Collects the derived numbers of one plan while it is built. */
final class Derivations {
    private final List<Derivation> list = new ArrayList<>();

    void add(String number, String value, String reason) {
        list.add(new Derivation(number, value, reason));
    }

    List<Derivation> list() {
        return List.copyOf(list);
    }
}
