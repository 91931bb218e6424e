/**
 * The model loader: an init container that copies a model file, hashes it on the way and makes it visible only when it is
 * right. May not load the model.
 */
@NullMarked
package dev.millrace.server.loader;

import org.jspecify.annotations.NullMarked;
