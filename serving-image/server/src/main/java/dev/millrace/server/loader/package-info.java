/**
 * The model loader: a process beside the server that copies a model file, hashes it on the way and makes it visible only
 * when it is right, and the next one when the document names another. May not load the model.
 */
@NullMarked
package dev.millrace.server.loader;

import org.jspecify.annotations.NullMarked;
