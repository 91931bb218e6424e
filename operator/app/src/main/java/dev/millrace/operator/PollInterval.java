package dev.millrace.operator;

import java.time.Duration;

/** How often each stack's pods are asked for their status. A type of its own, so that it can be injected. */
public record PollInterval(Duration value) {}
