/**
 * The RealtimeModel custom resource, version v1alpha1: its Java model, from which the CRD is generated.
 * Data and its schema only: the names are the words of the YAML, optional parts are null, lists and maps never are.
 * May not derive a number, check a spec beyond the schema, or know a client.
 */
@NullMarked
package dev.millrace.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
