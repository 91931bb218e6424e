package dev.millrace.api.v1alpha1;

/** Where the items of a ranking call come from. */
public enum CandidatesFrom {
    /** Each call names them. */
    request
}
