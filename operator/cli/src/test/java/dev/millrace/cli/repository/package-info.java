/**
 * What holds for the whole repository: the arrows between modules, the documents. It reads the files and class files of every
 * module, which the whole build has made before this one; it may start nothing but the millrace command.
 */
@NullMarked
package dev.millrace.cli.repository;

import org.jspecify.annotations.NullMarked;
