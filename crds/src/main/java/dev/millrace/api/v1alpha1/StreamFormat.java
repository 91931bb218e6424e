package dev.millrace.api.v1alpha1;

/** Format of the records of a stream. The constants are the words of the YAML. */
public enum StreamFormat {
    json,
    cloudevents,
    avro,
    protobuf
}
